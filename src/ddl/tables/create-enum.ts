import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { quoteName } from "../../schema/quote.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import { commentOn } from "../define/comment-definition.ts";
import { newIdentifier } from "../define/identifier.ts";
import { newName, requireFree } from "../define/relation-name.ts";
import { createEnumType } from "../define/type-definition.ts";

/** Options of `createEnum`. */
export interface CreateEnumSqlOptions {
  readonly comment?: string;
}

/**
 * The statements of `createEnum`.
 * @param schema a snapshot
 * @param name the new type's name
 * @param labels its values, in their order
 * @param options `comment`
 * @returns the DDL in order
 * @throws ArgumentError when the name is taken, for labels twice or longer than 63 bytes
 * @example `createEnumSql(schema, "mood", ["sad", "happy"])` → `["CREATE TYPE \"public\".\"mood\" AS ENUM ('sad', 'happy')"]`
 */
export function createEnumSql(
  schema: AnySchema,
  name: string,
  labels: readonly string[],
  options: CreateEnumSqlOptions = {},
): readonly string[] {
  const type = newName(schema, name);
  requireFree(schema, type);
  if (new Set(labels).size < labels.length) throw new ArgumentError(`${name}: a label is there twice`);
  for (const label of labels) newIdentifier(label);
  return [
    createEnumType({ ...type, labels }),
    ...(options.comment === undefined ? [] : [commentOn(`TYPE ${quoteName(type)}`, options.comment)]),
  ];
}

/** Options of `createEnum`. */
export interface CreateEnumOptions extends CreateEnumSqlOptions, ChangeOptions {}

/**
 * Makes an enum, a type whose values are labels: columns of it are declared by its name.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param name the new type's name, `mood` or `audit.mood`
 * @param labels its values, in their order
 * @param options `comment`
 * @returns the new snapshot
 * @throws ArgumentError when the name is taken, for labels twice or longer than 63 bytes; ScopeError; QueryError
 * @example `schema = await createEnum(sql, schema, "mood", ["sad", "happy"])`
 */
export function createEnum<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  name: string,
  labels: readonly string[],
  options?: CreateEnumOptions,
): Promise<SchemaSnapshot<Tables>> {
  return changeSchema<Tables>(sql, schema, options, ({ createEnumSql }) =>
    createEnumSql(schema, name, labels, options),
  );
}
