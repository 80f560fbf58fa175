import { derive } from "../../schema/derived.ts";
import type { AnySchema, PgType } from "../../schema/snapshot.ts";

/** The type, and its multirange if it is a range. */
export function withMultirange(schema: AnySchema, key: string): readonly PgType[] {
  const multirange = multirangeKey(schema, key);
  return [schema.types[key]!, ...(multirange === undefined ? [] : [schema.types[multirange]!])];
}

/** The key of the multirange type that PostgreSQL creates with a range type. */
export function multirangeKey({ types }: AnySchema, range: string): string | undefined {
  return multirangeKeys(types).get(range);
}

/** Range type → its multirange type. */
const multirangeKeys: (types: AnySchema["types"]) => ReadonlyMap<string, string> = derive(
  types =>
    new Map(
      Object.entries(types).flatMap(([key, type]) => (type.kind === "multirange" ? [[type.range, key]] : [])),
    ),
);

/**
 * The signature of the canonical function of a range type. The function and the type depend on each other, so they are
 * created and dropped together.
 */
export function canonicalSignature(type: PgType, key: string): string | undefined {
  return type.kind === "range" && type.canonical !== null ? `${type.canonical}(${key})` : undefined;
}
