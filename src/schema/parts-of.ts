import type { PgType } from "./snapshot.ts";

/** The keys of the types that a type is made of. */
export function partsOf(type: PgType): readonly string[] {
  switch (type.kind) {
    case "array":
      return [type.element];
    case "domain":
      return [type.base];
    case "range":
      return [type.subtype];
    case "multirange":
      return [type.range];
    case "composite":
      return type.attributes.map(({ typeKey }) => typeKey);
    default:
      return [];
  }
}
