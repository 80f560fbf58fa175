import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import {
  type OptionNames,
  requireArray,
  requireOptions,
  requireUnscoped,
  SEND_OPTIONS,
} from "../../schema/arguments.ts";
import { newIdentifier } from "../../schema/new-identifier.ts";
import { quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import type { AnySchema, RelationName, SchemaSnapshot } from "../../schema/snapshot.ts";
import { describeValue } from "../../types/problem.ts";
import { type ChangeOptions, createUnlessExists } from "../change-schema.ts";
import { commentSql } from "../define/comment-definition.ts";
import { newName, requireFree } from "../define/new-name.ts";
import { createEnumTypeSql } from "../define/type-definition.ts";

/** Options of `createEnum`. */
export interface CreateEnumOptions extends ChangeOptions {
  /** Leave an existing enum unchanged, with its comment, if it has these labels; reject any other. */
  readonly ifNotExists?: boolean;
  /** The type's comment. */
  readonly comment?: string;
}

const CREATE_ENUM_OPTIONS: OptionNames<CreateEnumOptions> = {
  ifNotExists: true,
  comment: true,
  ...SEND_OPTIONS,
};

/**
 * The statements of `createEnum`.
 * @param schema a snapshot
 * @param name the new type's name
 * @param labels the labels in order
 * @param options `comment`, `ifNotExists`
 * @returns the DDL in order
 * @throws ArgumentError if the name already exists, or a label is duplicate or longer than 63 bytes
 * @example `createEnumSql(schema, "mood", ["sad", "happy"])` → `["CREATE TYPE \"public\".\"mood\" AS ENUM ('sad', 'happy')"]`
 */
export function createEnumSql(
  schema: AnySchema,
  name: string,
  labels: readonly string[],
  options: CreateEnumOptions = {},
): readonly string[] {
  requireArray("labels", labels);
  requireOptions("createEnum", options, CREATE_ENUM_OPTIONS);
  const type = newName(schema, name);
  if (options.ifNotExists === true && hasEnum(schema, type, labels)) return [];
  requireFree(schema, type);
  const duplicate = labels.find((label, index) => labels.indexOf(label) < index);
  if (duplicate !== undefined)
    throw new ArgumentError(`${name}: label ${JSON.stringify(duplicate)} appears twice`);
  for (const label of labels) {
    if (typeof label !== "string")
      throw new ArgumentError(`${name}: a label must be a string, received ${describeValue(label)}`);
    newIdentifier(label);
  }
  return [
    createEnumTypeSql({ ...type, labels }),
    ...(options.comment === undefined ? [] : [commentSql(`TYPE ${quoteName(type)}`, options.comment)]),
  ];
}

/** Whether an enum of the name exists; throws ArgumentError if its labels are different. */
function hasEnum(schema: AnySchema, name: RelationName, labels: readonly string[]): boolean {
  const type = Object.values(schema.types).find(one => isSameName(one, name));
  if (type?.kind !== "enum") return false;
  if (JSON.stringify(type.labels) === JSON.stringify(labels)) return true;
  throw new ArgumentError(
    `enum ${name.name} already exists with the labels ${type.labels.join(", ")}; add the others with addEnumValue`,
  );
}

/**
 * Creates an enum, which columns can then have as their type.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param name the new type's name, `mood` or `audit.mood`
 * @param labels the labels in order
 * @param options `comment`; `ifNotExists: true` leaves an existing enum with these labels unchanged; `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError if the name already exists, or a label is duplicate or longer than 63 bytes; ScopeError; QueryError
 * @example `schema = await createEnum(sql, schema, "mood", ["sad", "happy"])`
 */
export async function createEnum<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  name: string,
  labels: readonly string[],
  options?: CreateEnumOptions,
): Promise<SchemaSnapshot<Tables>> {
  requireUnscoped(schema);
  const statementsOf = (current: AnySchema): readonly string[] =>
    createEnumSql(current, name, labels, options);
  return await createUnlessExists(sql, schema, name, statementsOf, options);
}
