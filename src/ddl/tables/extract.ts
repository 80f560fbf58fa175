import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { ChangedTable } from "../../schema/changed-table.ts";
import { abilitiesOf } from "../../schema/engine.ts";
import { newIdentifier } from "../../schema/new-identifier.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Column, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, TableName } from "../../schema/tables.ts";
import { nullSql } from "../../statements/column-plan.ts";
import { planColumn, relationPlan } from "../../statements/relation-plan.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
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
import { createTableStatements } from "../diff/table-statements.ts";
import { changedTable, changeStatements } from "../transform/changed-table.ts";

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
  const target = newTarget(schema, moved, options.into ?? names.join("_"), options.rename ?? {});
  const key = newIdentifier(options.foreignKey ?? `${target.name}_id`);
  requireNewColumn(relation, key);
  const isRequired = moved.some(({ notNull }) => notNull);
  const addKey = { add: { [key]: "bigint" } };
  const both = withTable(schema, target);
  const keyed = changedTable(both, relation, addKey);
  return [
    `LOCK TABLE ${quoteName(relation)} IN ACCESS EXCLUSIVE MODE`,
    ...createTableStatements(target),
    fillSql(schema, relation, target, moved, isRequired),
    ...changeStatements(both, relation, addKey),
    referSql(relation, target, moved, key),
    ...changeStatements(withTable(both, keyed), keyed, {
      drop: names,
      foreignKeys: { [key]: target.key },
      indexes: [key],
      ...(isRequired && { notNull: { [key]: true } }),
    }),
  ];
}

/** The new table, which has the moved columns in their order after its key. */
function newTarget(
  schema: AnySchema,
  moved: readonly Column[],
  into: string,
  rename: Readonly<Record<string, string>>,
): Relation {
  const renamed = moved.map(({ name }) => (Object.hasOwn(rename, name) ? rename[name]! : name));
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
  requireFree(schema, name);
  return newTable(schema, into, name, columns, { unique, comments }, namesInUse(schema, name.schema));
}

/** Stores each combination of values once. A row whose values are all NULL gets no reference. */
function fillSql(
  schema: AnySchema,
  relation: Relation,
  target: Relation,
  moved: readonly Column[],
  isRequired: boolean,
): string {
  const list = moved.map(({ name }) => quoteIdentifier(name));
  const plan = relationPlan(schema, relation.key);
  const given = moved.map(({ name }, at) => nullSql(planColumn(plan, name), list[at]!, false));
  const some = isRequired ? "" : ` WHERE ${given.join(" OR ")}`;
  return `INSERT INTO ${quoteName(target)} (${targetList(target).join(", ")}) SELECT DISTINCT ${list.join(", ")} FROM ${quoteName(relation)}${some}`;
}

function referSql(relation: Relation, target: Relation, moved: readonly Column[], key: string): string {
  const targets = targetList(target);
  const same = moved.map(
    ({ name }, index) => `"t".${quoteIdentifier(name)} IS NOT DISTINCT FROM "into".${targets[index]}`,
  );
  return `UPDATE ${quoteName(relation)} AS "t" SET ${quoteIdentifier(key)} = "into"."id" FROM ${quoteName(target)} AS "into" WHERE ${same.join(" AND ")}`;
}

function targetList({ columns }: Relation): readonly string[] {
  return columns.filter(({ name }) => name !== "id").map(({ name }) => quoteIdentifier(name));
}

/**
 * Moves columns to a new table, each distinct combination of values once, and adds a foreign key with an index. A row
 * whose values are all NULL gets a NULL reference. The table is locked until the end of the transaction. Before PostgreSQL 15
 * the unique key of the new table does not reject a second combination with a NULL.
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
