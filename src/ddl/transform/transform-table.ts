import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { ArgumentError, QueryError } from "../../errors.ts";
import { schemaAfter } from "../../rows/schema-after.ts";
import { requireObject, requireOptions, requireUnscoped } from "../../schema/arguments.ts";
import type { ChangedTable } from "../../schema/changed-table.ts";
import { quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import type { AnySchema, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { inOneTransaction, sendStatements } from "../change-schema.ts";
import { relationOfKind, TABLE_KINDS } from "../define/existing-name.ts";
import { isOwner } from "../define/sequence-definition.ts";
import { cascadeAdvice, columnDependents, dropFirstAdvice, requireNoDependents } from "../dependents.ts";
import { requireAllRows } from "../require-all-rows.ts";
import { type ChangedColumns, changedColumns } from "./changed-columns.ts";
import { changeStatements, droppedConstraints } from "./changed-table.ts";
import { dependentViews, viewGrants } from "./dependent-views.ts";
import { type LossCheck, lossChecks } from "./loss-checks.ts";
import {
  TABLE_CHANGES,
  type TableChanges,
  TRANSFORM_OPTIONS,
  type TransformTableOptions,
} from "./table-changes.ts";

/**
 * The statements of `transformTable`, without the queries that check the data and the privileges of recreated views.
 * @param schema a snapshot
 * @param table the table's name
 * @param changes columns to drop, rename, retype, add; defaults, NOT NULL, keys, checks and indexes
 * @param options `allowLoss`, `cascade`
 * @returns the DDL in order
 * @throws UnknownNameError; ArgumentError if the changes are invalid, or something depends on what they drop or retype
 * @example `transformTableSql(schema, "genre", { rename: { name: "title" }, notNull: { name: false } })` →
 * `['ALTER TABLE "public"."genre" RENAME COLUMN "name" TO "title"', 'ALTER TABLE "public"."genre" ALTER COLUMN "title" DROP NOT NULL']`
 */
export function transformTableSql(
  schema: AnySchema,
  table: string,
  changes: TableChanges,
  options: TransformTableOptions = {},
): readonly string[] {
  requireObject("changes", changes);
  requireOptions("transformTable: changes", changes, TABLE_CHANGES);
  requireOptions("transformTable", options, TRANSFORM_OPTIONS);
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  const columns = changedColumns(schema, relation, changes);
  const cascade = options.cascade === true;
  const dropped = droppedConstraints(schema, relation, changes, cascade);
  if (!cascade) requireDroppable(schema, relation, columns, dropped);
  requireRetypable(schema, relation, columns);
  const { dropSql, createSql } = dependentViews(schema, relation, columns);
  return [
    ...dropSql,
    ...changeStatements(schema, relation, changes, options),
    ...statisticsTargets(schema, relation, columns),
    ...widerSequences(schema, relation, columns),
    ...createSql,
  ];
}

// PostgreSQL recreates the statistics objects of a column whose type changes, without their targets.
function statisticsTargets(
  { objects }: AnySchema,
  relation: Relation,
  { remaining }: ChangedColumns,
): readonly string[] {
  if (remaining.every(({ retype }) => retype === null)) return [];
  return objects
    .filter(({ kind, uses }) => kind === "statistics object" && uses.some(one => isSameName(one, relation)))
    .flatMap(({ alteration }) => alteration ?? []);
}

const INTEGERS = ["smallint", "integer", "bigint"];

// PostgreSQL leaves the sequence of a serial column as it is, which then ends at the largest number of the old type.
function widerSequences(
  { sequences }: AnySchema,
  relation: Relation,
  { remaining }: ChangedColumns,
): readonly string[] {
  return remaining.flatMap(({ before, after, retype }) =>
    retype === null
      ? []
      : sequences
          .filter(one => isOwner(relation, one) && one.ownedBy?.column === before.name)
          .filter(({ type }) => INTEGERS.indexOf(after.type) > INTEGERS.indexOf(type))
          .map(one => `ALTER SEQUENCE ${quoteName(one)} AS ${after.type}`),
  );
}

function requireDroppable(
  schema: AnySchema,
  relation: Relation,
  { dropped }: ChangedColumns,
  droppedConstraints: readonly string[],
): void {
  const names = dropped.map(({ name }) => name);
  const dependents = columnDependents(schema, relation, names).filter(
    ({ isWhole, table, name }) => !isWhole && (table !== relation.key || !droppedConstraints.includes(name)),
  );
  requireNoDependents(relation.key, names.join(", "), dependents, cascadeAdvice);
}

// PostgreSQL changes the type of no column that a generated column uses.
function requireRetypable(schema: AnySchema, relation: Relation, { remaining }: ChangedColumns): void {
  const names = remaining.filter(({ retype }) => retype !== null).map(({ before }) => before.name);
  const dependents = columnDependents(schema, relation, names).filter(({ fixesType }) => fixesType);
  requireNoDependents(relation.key, names.join(", "), dependents, dropFirstAdvice);
}

/**
 * Changes columns and keys of a table in one transaction that locks the table. It first checks the data: unless
 * `allowLoss: true` is given, it drops no column that has values, and rounds or truncates no value. Views of a column with a
 * new type are dropped and created again.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param changes columns to drop, rename, retype, add; defaults, NOT NULL, keys, checks and indexes
 * @param options `allowLoss`; `cascade: true` drops also what depends on dropped columns and constraints; `onStatement`
 * @returns the new snapshot; JavaScript forms and refinements follow renamed columns
 * @throws ArgumentError with the column and the number of rows that would lose data, if row security hides rows from the
 * check, or with what depends on the columns;
 * ScopeError; UnknownNameError; QueryError. The database is then unchanged
 * @example `schema = await transformTable(sql, schema, "track", { retype: { bytes: "numeric" }, rename: { name: "title" } })`
 */
export async function transformTable<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  changes: TableChanges,
  options: TransformTableOptions = {},
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  requireUnscoped(schema);
  const statements = transformTableSql(schema, table, changes, options);
  const checks = lossChecks(schema, table, changes, options.allowLoss === true);
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  const { created: views, dropSql } = dependentViews(
    schema,
    relation,
    changedColumns(schema, relation, changes),
  );
  const lock = `LOCK TABLE ${quoteName(relation)} IN ACCESS EXCLUSIVE MODE`;
  const columns = new Map(Object.entries(changes.rename ?? {}));
  return await inOneTransaction(sql, options, async tx => {
    if (checks.length > 0) await sendStatements(tx, [lock], options);
    if (checks.some(({ isSilent }) => isSilent))
      await requireAllRows(tx, relation, "transformTable cannot check all values");
    for (const check of checks) await requireNoRows(tx, check);
    const grants = await viewGrants(tx, views);
    await sendStatements(tx, dropSql, options, RECREATE);
    await sendStatements(tx, [...statements.slice(dropSql.length), ...grants], options);
    return await schemaAfter(tx, schema, { table, columns });
  });
}

// Only views can be created again.
const RECREATE = "drop the dependent objects before this change, and create them again after it";

async function requireNoRows(tx: SqlHandle, { text, label, problem, advice }: LossCheck): Promise<void> {
  const count = await rowCount(tx, text, label);
  if (count > 0)
    throw new ArgumentError(
      `${label}: ${count} ${count === 1 ? "row has" : "rows have"} ${problem}; ${advice}`,
    );
}

async function rowCount(tx: SqlHandle, text: string, label: string): Promise<number> {
  try {
    return Number((await sendForValues(tx, text, []))[0]?.[0]);
  } catch (error) {
    // Class 22: a value could not be converted at all.
    if (!(error instanceof QueryError) || !error.sqlstate?.startsWith("22")) throw error;
    throw new ArgumentError(
      `${label}: some values cannot be converted; pass the conversion as { type, using }: ${error.message}`,
      { cause: error },
    );
  }
}
