import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { AnySchema, ForeignKey, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, TableName } from "../../schema/tables.ts";
import { type ChangeOptions, createUnlessExists } from "../change-schema.ts";
import { type ColumnList, relationOfKind, TABLE_KINDS } from "../define/existing-name.ts";
import {
  FOREIGN_KEY_OPTIONS,
  type ForeignKeyOptions,
  foreignKeyDefinition,
  referringTable,
} from "../define/foreign-key-entry.ts";
import { constraintNames } from "../define/new-name.ts";
import { isSame } from "../diff/compare.ts";
import { changeStatements } from "../transform/changed-table.ts";

/** Options of `addForeignKey`. */
export interface AddForeignKeyOptions extends ForeignKeyOptions, ChangeOptions {
  /** Do nothing if the table has a foreign key of these columns with these actions; reject one with other actions. */
  readonly ifNotExists?: boolean;
}

const ADD_FOREIGN_KEY_OPTIONS: OptionNames<AddForeignKeyOptions> = {
  ifNotExists: true,
  ...FOREIGN_KEY_OPTIONS,
  ...SEND_OPTIONS,
};

/**
 * The statement of `addForeignKey`.
 * @param schema a snapshot
 * @param table the referencing table's name
 * @param columns the referencing columns
 * @param references the referenced table's name
 * @param options `to`, `onDelete`, `onUpdate`, `deferrable`, `name`, `ifNotExists`
 * @returns the DDL
 * @throws UnknownNameError; ArgumentError if the referenced columns are not a key
 * @example `addForeignKeySql(schema, "track", "genre_id", "genre", { onDelete: "setNull" })` →
 * `['ALTER TABLE "public"."track" ADD CONSTRAINT "track_genre_id_fkey1" FOREIGN KEY ("genre_id") REFERENCES "public"."genre" ("genre_id") ON DELETE SET NULL']`
 */
export function addForeignKeySql(
  schema: AnySchema,
  table: string,
  columns: ColumnList,
  references: string,
  options: AddForeignKeyOptions = {},
): readonly string[] {
  requireOptions("addForeignKey", options, ADD_FOREIGN_KEY_OPTIONS);
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  const { onStatement: _, signal: _signal, timeout: _timeout, ifNotExists = false, ...own } = options;
  const entry = { ...own, columns, references };
  if (ifNotExists) {
    const names = constraintNames(relation);
    const key = foreignKeyDefinition(schema, referringTable(schema, relation.key), entry, names);
    if (hasForeignKey(relation, key)) return [];
  }
  return changeStatements(schema, relation, { foreignKeys: [entry] });
}

/** Whether the table has such a foreign key; throws ArgumentError if its actions are different. */
function hasForeignKey({ key: table, foreignKeys }: Relation, key: ForeignKey): boolean {
  const pairs = ({ columns, references }: Pick<ForeignKey, "columns" | "references">): string =>
    JSON.stringify([columns, references.schema, references.name, references.columns]);
  const existing = foreignKeys.find(one => pairs(one) === pairs(key));
  if (existing === undefined) return false;
  if (isSame(existing, key, ["name", "comment", "isInherited", "validated"])) return true;
  throw new ArgumentError(
    `${table}: foreign key ${existing.name} of these columns already exists with other options; drop it with transformTable and dropConstraints`,
  );
}

/**
 * Adds a foreign key to a table. PostgreSQL adds no index for the key: see `missingForeignKeyIndexes`.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the referencing table's name
 * @param columns the referencing columns
 * @param references the referenced table's name
 * @param options `to` (the referenced columns, default: the primary key), `onDelete`, `onUpdate`, `deferrable`, `name`,
 * `onStatement`; `ifNotExists: true` does nothing if the table has such a foreign key
 * @returns the new snapshot
 * @throws UnknownNameError; ArgumentError if the referenced columns are not a key; ScopeError; QueryError if a row refers
 * to a row that does not exist
 * @example `schema = await addForeignKey(sql, schema, "track", "genre_id", "genre", { onDelete: "setNull" })`
 */
export async function addForeignKey<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  columns: ColumnName<Tables, Name> | readonly ColumnName<Tables, Name>[],
  references: TableName<Tables>,
  options?: AddForeignKeyOptions,
): Promise<SchemaSnapshot<Tables>> {
  requireUnscoped(schema);
  const statementsOf = (current: AnySchema): readonly string[] =>
    addForeignKeySql(current, table, columns, references, options);
  return await createUnlessExists(sql, schema, table, statementsOf, options);
}
