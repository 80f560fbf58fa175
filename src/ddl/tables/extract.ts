import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError, QueryError } from "../../errors.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { ChangedTable } from "../../schema/changed-table.ts";
import { abilitiesOf } from "../../schema/engine.ts";
import { newColumnIdentifier } from "../../schema/new-identifier.ts";
import { quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import { relationNamed } from "../../schema/relation-of.ts";
import type { AnySchema, Column, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, TableName } from "../../schema/tables.ts";
import { type ChangeOptions, createUnlessExists } from "../change-schema.ts";
import {
  type ColumnList,
  columnList,
  relationOfKind,
  requireColumns,
  TABLE_KINDS,
} from "../define/existing-name.ts";
import { namesInUse, newName, requireFree, requireNewColumn } from "../define/new-name.ts";
import { newTable, withTable } from "../define/new-table.ts";
import { columnDependents, dropFirstAdvice, requireNoDependents } from "../dependents.ts";
import { requireSameTable } from "../diff/table-differences.ts";
import { createTableStatements } from "../diff/table-statements.ts";
import { changedTable, changeStatements } from "../transform/changed-table.ts";
import { ALL_MOVED, allMovedSql, fillSql, referSql } from "./extracted-values.ts";

/** Options of `extract`. */
export interface ExtractOptions extends ChangeOptions {
  /** The new table's name; default: the columns' names. */
  readonly into?: string;
  /** The name of the column that refers to the new table; default: the new table's name with `_id`. */
  readonly foreignKey?: string;
  /** Column → its name in the new table. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Use an existing table with these columns and keys, and do nothing if the columns were moved before. */
  readonly ifNotExists?: boolean;
}

const EXTRACT_OPTIONS: OptionNames<ExtractOptions> = {
  into: true,
  foreignKey: true,
  rename: true,
  ifNotExists: true,
  ...SEND_OPTIONS,
};

/**
 * The statements of `extract`.
 * @param schema a snapshot
 * @param table the table's name
 * @param columns the columns to move
 * @param options `into`, `foreignKey`, `rename`, `ifNotExists`
 * @returns the DDL in order, and the statements that move the values
 * @throws ArgumentError that lists what depends on the columns, if anything does; UnknownNameError
 * @example `extractSql(schema, "employee", "title", { into: "job" }).length` → `10`
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
  const into = options.into ?? names.join("_");
  requireColumns(`${relation.key}: rename`, names, Object.keys(options.rename ?? {}));
  if (options.ifNotExists === true && wasExtracted(schema, relation, names, into, options)) return [];
  requireColumns(
    relation.key,
    relation.columns.map(({ name }) => name),
    names,
  );
  const dependents = columnDependents(schema, relation, names);
  requireNoDependents(relation.key, names.join(", "), dependents, dropFirstAdvice);
  const moved = relation.columns.filter(({ name }) => names.includes(name));
  const { target, exists } = targetTable(schema, moved, into, options);
  const key = newColumnIdentifier(options.foreignKey ?? `${target.name}_id`);
  requireNewColumn(relation, key);
  const isRequired = moved.some(({ notNull }) => notNull);
  const addKey = { add: { [key]: "bigint" } };
  const both = withTable(schema, target);
  const keyed = changedTable(both, relation, addKey);
  return [
    `LOCK TABLE ${quoteName(relation)} IN ACCESS EXCLUSIVE MODE`,
    ...(exists
      ? [`LOCK TABLE ${quoteName(target)} IN SHARE ROW EXCLUSIVE MODE`]
      : createTableStatements(target)),
    fillSql(schema, relation, target, moved, { isRequired, exists }),
    ...changeStatements(both, relation, addKey),
    referSql(relation, target, moved, key),
    allMovedSql(schema, relation, moved, key),
    ...changeStatements(withTable(both, keyed), keyed, {
      drop: names,
      foreignKeys: { [key]: target.key },
      indexes: [key],
      ...(isRequired && { notNull: { [key]: true } }),
    }),
  ];
}

/** Whether the columns no longer exist, and the table has a foreign key to a table with columns of their names. */
function wasExtracted(
  schema: AnySchema,
  relation: Relation,
  names: readonly string[],
  into: string,
  { foreignKey, rename = {} }: ExtractOptions,
): boolean {
  const target = relationNamed(schema, newName(schema, into));
  if (target === undefined || relation.columns.some(({ name }) => names.includes(name))) return false;
  const key = foreignKey ?? `${target.name}_id`;
  return (
    names.every(name => target.columns.some(column => column.name === newColumnName(rename, name))) &&
    relation.foreignKeys.some(
      ({ columns, references }) =>
        columns.length === 1 && columns[0] === key && isSameName(references, target),
    )
  );
}

function newColumnName(rename: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(rename, name) ? rename[name]! : name;
}

/** The table of the moved columns, which has them in their order after its key, and whether it exists. */
function targetTable(
  schema: AnySchema,
  moved: readonly Column[],
  into: string,
  { rename = {}, ifNotExists }: ExtractOptions,
): { readonly target: Relation; readonly exists: boolean } {
  const renamed = moved.map(({ name }) => newColumnName(rename, name));
  const entry = ({ type, notNull }: Column): string => `${type}${notNull ? " not null" : ""}`;
  const columns = Object.fromEntries(moved.map((column, index) => [renamed[index]!, entry(column)]));
  if (Object.keys(columns).length < moved.length || Object.hasOwn(columns, "id"))
    throw new ArgumentError(
      `${into}: the columns must have different names, none of them "id"; rename them with rename`,
    );
  const comments = Object.fromEntries(
    moved.flatMap(({ comment }, index) => (comment === null ? [] : [[renamed[index]!, comment]])),
  );
  const nullsNotDistinct = abilitiesOf(schema).nullsNotDistinct && moved.some(({ notNull }) => !notNull);
  const unique = [{ columns: renamed, nullsNotDistinct }];
  const name = newName(schema, into);
  const existing = ifNotExists === true ? relationNamed(schema, name) : undefined;
  if (existing === undefined) requireFree(schema, name);
  const taken = namesInUse(schema, name.schema, existing);
  const target = withCollations(newTable(schema, into, name, columns, { unique, comments }, taken), moved);
  if (existing === undefined) return { target, exists: false };
  requireSameTable(target, relationOfKind(schema, existing.key, TABLE_KINDS));
  return { target: existing, exists: true };
}

// The columns follow the key.
function withCollations(target: Relation, moved: readonly Column[]): Relation {
  const columns = target.columns.map((column, at) => ({
    ...column,
    collation: moved[at - 1]?.collation ?? null,
  }));
  return { ...target, columns };
}

/**
 * Moves columns to a new table, each distinct combination of values once, and adds a foreign key with an index. A row
 * whose values are all NULL gets a NULL reference. The table is locked until the end of the transaction. Before PostgreSQL 15
 * the unique key of the new table does not reject a second combination with a NULL. Values that are equal for PostgreSQL but
 * have different texts, such as the numerics 1.0 and 1.00, are rejected, because one of them would be altered.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param columns the columns to move
 * @param options `into` names the new table, `foreignKey` the column that refers to it, `rename` the columns of the new
 * table; `ifNotExists: true` uses an existing table with these columns and keys, to which it adds the combinations that are
 * missing, and does nothing if the columns were moved before; `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError that lists what depends on the columns, if anything does, for equal values with different texts, for
 * a type without an order, and if a trigger, a rule or row security keeps a row from getting its reference;
 * UnknownNameError; ScopeError; QueryError. The database is then unchanged
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
  const statementsOf = (current: AnySchema): readonly string[] =>
    extractSql(current, table, columns, options);
  const into = options?.into ?? [columns].flat().join("_");
  try {
    return await createUnlessExists(sql, schema, into, statementsOf, options);
  } catch (error) {
    if (isEqualValues(error)) throw equalValuesError(table, columns, error);
    throw isNotMoved(error) ? notMovedError(table, columns, error) : error;
  }
}

function isEqualValues(error: unknown): error is QueryError {
  return error instanceof QueryError && error.sqlstate === "23505";
}

function equalValuesError(table: string, columns: ColumnList, cause: QueryError): ArgumentError {
  return new ArgumentError(
    `${table} (${[columns].flat().join(", ")}): some values are equal for PostgreSQL but have different texts, such as 1.0 and 1.00, and extract stores each value once; make them the same with updateWhere; nothing was changed`,
    { cause },
  );
}

function isNotMoved(error: unknown): error is QueryError {
  return error instanceof QueryError && error.sqlstate === "23514" && error.text.includes(ALL_MOVED);
}

function notMovedError(table: string, columns: ColumnList, cause: QueryError): ArgumentError {
  return new ArgumentError(
    `${table} (${[columns].flat().join(", ")}): a trigger, a rule or row security of the table keeps rows from getting the reference to their values, which would be lost; disable it for this call; nothing was changed`,
    { cause },
  );
}
