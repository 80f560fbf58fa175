import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError, UnknownNameError } from "../../errors.ts";
import { nearest } from "../../schema/nearest.ts";
import { quoteLiteral, quoteName } from "../../schema/quote.ts";
import type { AnySchema, EnumType, SchemaSnapshot } from "../../schema/snapshot.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import { userTypeKey } from "../define/column-type.ts";
import { newIdentifier } from "../define/identifier.ts";

/** Where a label comes; behind the last one by default. */
export interface AddEnumValueSqlOptions {
  readonly before?: string;
  readonly after?: string;
}

/**
 * The statement of `addEnumValue`.
 * @param schema a snapshot
 * @param name the enum's name
 * @param label the new value
 * @param options `before` or `after` another label
 * @returns the DDL
 * @throws UnknownNameError for an unknown type or label; ArgumentError for a label that is there
 * @example `addEnumValueSql(schema, "customer_tier", "trial", { before: "free" })` →
 * `["ALTER TYPE \"public\".\"customer_tier\" ADD VALUE 'trial' BEFORE 'free'"]`
 */
export function addEnumValueSql(
  schema: AnySchema,
  name: string,
  label: string,
  options: AddEnumValueSqlOptions = {},
): readonly string[] {
  const type = enumNamed(schema, name);
  const { before, after } = options;
  if (before !== undefined && after !== undefined)
    throw new ArgumentError(`${name}: a label comes before or after another, not both`);
  if (type.labels.includes(newIdentifier(label)))
    throw new ArgumentError(`${name} has ${JSON.stringify(label)} already`);
  const neighbour = before ?? after;
  if (neighbour !== undefined && !type.labels.includes(neighbour))
    throw new UnknownNameError(
      `${name} has no ${JSON.stringify(neighbour)}.${nearest(neighbour, type.labels)}`,
    );
  const place =
    neighbour === undefined ? "" : ` ${before === undefined ? "AFTER" : "BEFORE"} ${quoteLiteral(neighbour)}`;
  return [`ALTER TYPE ${quoteName(type)} ADD VALUE ${quoteLiteral(label)}${place}`];
}

function enumNamed(schema: AnySchema, name: string): EnumType {
  const key = userTypeKey(schema, name);
  const type = key === undefined ? undefined : schema.types[key];
  if (type?.kind === "enum") return type;
  if (type !== undefined) throw new ArgumentError(`${name} is a ${type.kind} type, not an enum`);
  const enums = Object.values(schema.types).filter(({ kind }) => kind === "enum");
  const names = enums.map(one => one.name);
  throw new UnknownNameError(`there is no enum ${JSON.stringify(name)}.${nearest(name, names)}`);
}

/** Options of `addEnumValue`. */
export interface AddEnumValueOptions extends AddEnumValueSqlOptions, ChangeOptions {}

/**
 * Adds a value to an enum. Inside a transaction of yours no row can have it before that is committed (manual, ALTER TYPE).
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param name the enum's name
 * @param label the new value
 * @param options `before` or `after` another label; behind the last one by default
 * @returns the new snapshot
 * @throws UnknownNameError for an unknown type or label; ArgumentError for a label that is there; ScopeError; QueryError
 * @example `schema = await addEnumValue(sql, schema, "customer_tier", "trial", { before: "free" })`
 */
export function addEnumValue<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  name: string,
  label: string,
  options?: AddEnumValueOptions,
): Promise<SchemaSnapshot<Tables>> {
  return changeSchema<Tables>(sql, schema, options, ({ addEnumValueSql }) =>
    addEnumValueSql(schema, name, label, options),
  );
}
