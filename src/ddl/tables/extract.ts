import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { ChangedTable } from "../../schema/changed-table.ts";
import { newIdentifier } from "../../schema/new-identifier.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Column, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import { foreignKeyConstraintSql } from "../define/constraint-definition.ts";
import {
  type ColumnList,
  columnList,
  relationOfKind,
  requireColumns,
  TABLE_KINDS,
} from "../define/existing-name.ts";
import { indexDefinitionSql } from "../define/index-definition.ts";
import { constraintNames, defaultName, namesInUse, newName, requireNewColumn } from "../define/new-name.ts";
import { columnDependents, dropFirstAdvice, requireNoDependents } from "../dependents.ts";
import { createTableSql } from "./create-table.ts";

/** Options of `extract`. */
export interface ExtractOptions extends ChangeOptions {
  /** The new table's name; default: the columns' names. */
  readonly into?: string;
  /** The name of the column that refers to the new table; default: the new table's name with `_id`. */
  readonly foreignKey?: string;
  /** Column → its name in the new table. */
  readonly rename?: Readonly<Record<string, string>>;
}

const EXTRACT_OPTIONS: OptionNames<ExtractOptions> = {
  into: true,
  foreignKey: true,
  rename: true,
  ...SEND_OPTIONS,
};

/**
 * The statements of `extract`.
 * @param schema a snapshot
 * @param table the table's name
 * @param columns the columns to move
 * @param options `into`, `foreignKey`, `rename`
 * @returns the DDL in order, and the statements that move the values
 * @throws ArgumentError that lists what depends on the columns, if anything does; UnknownNameError
 * @example `extractSql(schema, "employee", "title", { into: "job" }).length` → `9`
 */
export function extractSql(
  schema: AnySchema,
  table: string,
  columns: ColumnList,
  options: ExtractOptions = {},
): readonly string[] {
  requireOptions("extract", options, EXTRACT_OPTIONS);
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  const names = columnList(relation.key, "extract", columns);
  requireColumns(
    relation.key,
    relation.columns.map(({ name }) => name),
    names,
  );
  const dependents = columnDependents(schema, relation, names);
  requireNoDependents(relation.key, names.join(", "), dependents, dropFirstAdvice);
  const moved = relation.columns.filter(({ name }) => names.includes(name));
  const into = options.into ?? names.join("_");
  const renamed = moved.map(({ name }) => options.rename?.[name] ?? name);
  const target = newName(schema, into);
  const key = newIdentifier(options.foreignKey ?? `${target.name}_id`);
  requireNewColumn(relation, key);
  return [
    `LOCK TABLE ${quoteName(relation)} IN ACCESS EXCLUSIVE MODE`,
    ...newTableStatements(schema, into, moved, renamed),
    ...moveStatements(relation, quoteName(target), moved, renamed, key),
    ...keyStatements(schema, relation, target, key),
    `ALTER TABLE ${quoteName(relation)} ${moved.map(({ name }) => `DROP COLUMN ${quoteIdentifier(name)}`).join(", ")}`,
  ];
}

function newTableStatements(
  schema: AnySchema,
  into: string,
  moved: readonly Column[],
  renamed: readonly string[],
): readonly string[] {
  const entry = ({ type, notNull }: Column): string => `${type}${notNull ? " not null" : ""}`;
  const columns = Object.fromEntries(moved.map((column, index) => [renamed[index]!, entry(column)]));
  if (Object.keys(columns).length < moved.length || Object.hasOwn(columns, "id"))
    throw new ArgumentError(
      `${into}: the columns must have different names, none of them "id"; rename them with rename`,
    );
  const comments = Object.fromEntries(
    moved.flatMap(({ comment }, index) => (comment === null ? [] : [[renamed[index]!, comment]])),
  );
  const unique = [{ columns: renamed, nullsNotDistinct: moved.some(({ notNull }) => !notNull) }];
  return createTableSql(schema, into, columns, { unique, comments });
}

// A row whose values are all NULL gets no reference.
function moveStatements(
  relation: Relation,
  target: string,
  moved: readonly Column[],
  renamed: readonly string[],
  key: string,
): readonly string[] {
  const source = quoteName(relation);
  const list = moved.map(({ name }) => quoteIdentifier(name));
  const targetList = renamed.map(quoteIdentifier);
  const isRequired = moved.some(({ notNull }) => notNull);
  const some = isRequired ? "" : ` WHERE ${list.map(name => `${name} IS NOT NULL`).join(" OR ")}`;
  const same = list.map((name, index) => `"t".${name} IS NOT DISTINCT FROM "into".${targetList[index]}`);
  const column = quoteIdentifier(key);
  return [
    `INSERT INTO ${target} (${targetList.join(", ")}) SELECT DISTINCT ${list.join(", ")} FROM ${source}${some}`,
    `ALTER TABLE ${source} ADD COLUMN ${column} bigint`,
    `UPDATE ${source} AS "t" SET ${column} = "into"."id" FROM ${target} AS "into" WHERE ${same.join(" AND ")}`,
    ...(isRequired ? [`ALTER TABLE ${source} ALTER COLUMN ${column} SET NOT NULL`] : []),
  ];
}

function keyStatements(
  schema: AnySchema,
  relation: Relation,
  target: { readonly schema: string; readonly name: string },
  key: string,
): readonly string[] {
  const constraint = foreignKeyConstraintSql({
    name: defaultName(relation.name, [key], "fkey", constraintNames(relation)),
    columns: [key],
    references: { ...target, columns: ["id"] },
    onUpdate: "noAction",
    onDelete: "noAction",
    deleteSetColumns: null,
    match: "simple",
    deferrable: false,
    initiallyDeferred: false,
    validated: true,
    enforced: true,
    period: false,
  });
  const index = indexDefinitionSql(relation, {
    name: defaultName(relation.name, [key], "idx", namesInUse(schema, relation.schema)),
    columns: [key],
    expressions: [],
    keyOptions: [],
    include: [],
    predicate: null,
    method: "btree",
    options: [],
  });
  return [`ALTER TABLE ${quoteName(relation)} ADD ${constraint}`, index];
}

/**
 * Moves columns to a new table, each distinct combination of values once, and adds a foreign key with an index. A row
 * whose values are all NULL gets a NULL reference. The table is locked until the end of the transaction.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param columns the columns to move
 * @param options `into` names the new table, `foreignKey` the column that refers to it, `rename` the columns of the new
 * table; `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError that lists what depends on the columns, if anything does; UnknownNameError; ScopeError; QueryError.
 * The database is then unchanged
 * @example `schema = await extract(sql, schema, "employee", "title", { into: "job" })`
 */
export async function extract<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  columns: ColumnName<Tables, Name> | readonly ColumnName<Tables, Name>[],
  options?: ExtractOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  requireUnscoped(schema);
  return await changeSchema(sql, schema, extractSql(schema, table, columns, options), options);
}
