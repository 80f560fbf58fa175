import type { SqlHandle } from "../driver/handle.ts";
import { isPlainObject } from "../schema/arguments.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, RowKeyOf, RowOf, TableName, UpdateOf } from "../schema/tables.ts";
import { absentRowsSql } from "../statements/bulk-rows.ts";
import { type ColumnPlan, isSameValue, keyText } from "../statements/column-plan.ts";
import { lockRowsSql } from "../statements/lock-rows-sql.ts";
import { canLockRows } from "../statements/locked-source.ts";
import {
  distributionBeside,
  identityColumns,
  type RelationPlan,
  relationPlan,
  requireKey,
} from "../statements/relation-plan.ts";
import { type ReturnedMany, requireWriteOptions } from "../statements/returning.ts";
import {
  UPDATE_MANY_OPTIONS,
  type UpdateManySqlOptions,
  updateManySql,
} from "../statements/update-many-sql.ts";
import { changesOf } from "../statements/update-sql.ts";
import { keyIssues } from "../validate/issue.ts";
import { ValidationError } from "../validate/validation-error.ts";
import { failingRowError } from "./failing-row.ts";
import { keyGroups } from "./key-classes.ts";
import { ownList } from "./own-rows.ts";
import { groupsByKey, type Row, type RowGroup } from "./row-groups.ts";
import { run } from "./run.ts";
import {
  canBeSuppressed,
  requireValidRows,
  runWrite,
  type WriteContext,
  type WriteOptions,
} from "./write.ts";
import { type ManyRows, writeMany } from "./write-many.ts";

/** The context of a write, with the options of `updateMany`. */
interface UpdateContext extends WriteContext {
  readonly options: UpdateManyOptions | undefined;
}

/** Options of `updateMany`. */
export interface UpdateManyOptions<Column extends string = string, Known extends string = string>
  extends UpdateManySqlOptions<Column, Known>,
    WriteOptions {}

/** The result of `updateMany`. */
export interface UpdatedMany<Updated> {
  /** The number of rows updated, or with `returning` the stored rows in input order. */
  readonly updated: Updated;
  /** The numbers, from 0, of the input rows that do not exist. */
  readonly missing: readonly number[];
  /** With `version`: the numbers of the input rows that another session changed first; they are left unchanged. */
  readonly stale: readonly number[];
  /** Without `version`: the numbers of the input rows whose update a trigger or a rule suppressed. */
  readonly suppressed: readonly number[];
}

/** The number of rows, or with `returning` the rows. */
export type UpdatedRows<Row, Options> = UpdatedMany<ReturnedMany<Row, Options>>;

/**
 * Updates many rows, each with its own values, or none after an error.
 * @param sql a Bun SQL handle; inside your own transaction a call of several statements is a savepoint
 * @param schema a snapshot; rows outside its scope are missing
 * @param table the table's name
 * @param rows rows with the whole primary key and the columns to change, as for `update`: an array, or an iterable or
 * async iterable, which is read in batches of at most 10,000 rows
 * @param options `version`: an integer column that counts changes, for optimistic locking; `returning: true` or columns
 * @returns `{ updated, missing, stale, suppressed }`: the number of rows updated, or the rows in input order; the numbers of
 * input rows that do not exist, that another session changed first, and whose update a trigger suppressed
 * @throws ValidationError with the row's number, for an array before anything is sent; ConstraintError;
 * NotUniqueError if a `Date` of the key stands for several rows; QueryError
 * @example `await updateMany(sql, schema, "genre", [{ genre_id: 1, name: "Drone" }, { genre_id: 2, name: "Noise" }])` sends
 * `UPDATE "public"."genre" SET "name" = "rows"."c2"::text FROM (SELECT "rows".* FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "n"), "public"."genre" WHERE "genre"."genre_id" = "rows"."c1"::int4 ORDER BY "genre"."genre_id" FOR NO KEY UPDATE OF "genre") AS "rows" WHERE "genre"."genre_id" = "rows"."c1"::int4 RETURNING "rows"."n"::int4 AS "n"`
 */
export async function updateMany<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
  const Options extends UpdateManyOptions<Column, ColumnName<Tables, Name>> = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  rows: ManyRows<UpdateOf<Tables, Name> & RowKeyOf<Tables, Name>>,
  options?: Options & UpdateManyOptions<Column, ColumnName<Tables, Name>>,
): Promise<UpdatedRows<RowOf<Tables, Name>, Options>> {
  requireWriteOptions("updateMany", options, UPDATE_MANY_OPTIONS);
  const context: UpdateContext = { sql, schema, table, options };
  const plan = relationPlan(schema, table);
  const missing: number[] = [];
  const stale: number[] = [];
  const suppressed: number[] = [];
  const placed: Row[] = [];
  await writeMany(context, ownList<ManyRows<unknown>>(rows), {
    validate: (list, from) => requireValidChanges(context, plan, list, from),
    groups: (list, from, inner) => keyGroups(inner, plan, givenKey(plan), list, from, groupsByKey),
    ...(canLockRows(plan, "update") && { lock: lockGroups }),
    send: async (inner, group) => {
      if (isOutsideScope(plan, group.rows[0]!)) return void missing.push(...group.positions);
      const { updated, left } = await updateGroup(inner, group);
      for (const [at, row] of updated) placed[group.positions[at]!] = row;
      if (left.length === 0) return;
      // Another session can insert a row with the key until it is looked up.
      if (!isLookedUp(inner, plan)) return void missing.push(...left.map(at => group.positions[at]!));
      const absent = await absentRows(inner, group, left);
      for (const at of left) {
        const number = group.positions[at]!;
        if (absent.has(at)) missing.push(number);
        else (options?.version === undefined ? suppressed : stale).push(number);
      }
    },
  });
  const stored = placed.filter(row => row !== undefined);
  const updated = options?.returning ? stored : stored.length;
  const inOrder = (numbers: number[]): number[] => numbers.sort((a, b) => a - b);
  const result: UpdatedMany<unknown> = {
    updated,
    missing: inOrder(missing),
    stale: inOrder(stale),
    suppressed: inOrder(suppressed),
  };
  return result as UpdatedRows<RowOf<Tables, Name>, Options>;
}

async function lockGroups(context: UpdateContext, groups: readonly RowGroup[]): Promise<void> {
  const { schema, table } = context;
  const plan = relationPlan(schema, table);
  const rows = groups.filter(group => !isOutsideScope(plan, group.rows[0]!)).flatMap(group => group.rows);
  const key = givenKey(plan);
  if (key.length > 0 && rows.length > 0) await runWrite(context, lockRowsSql(schema, table, key, rows));
}

/** Whether a row that was not updated can exist: with a version, a trigger, a rule, or a policy that hides it from UPDATE. */
function isLookedUp({ options }: UpdateContext, plan: RelationPlan): boolean {
  return (
    options?.version !== undefined || canBeSuppressed(plan, "update") || plan.relation.rowSecurityEnabled
  );
}

function givenKey(plan: RelationPlan): readonly ColumnPlan[] {
  return plan.key.filter(({ column }) => !plan.scope.names.has(column.name));
}

// The rows of a group that were updated, and the indices of the other rows.
async function updateGroup(
  context: UpdateContext,
  group: RowGroup,
): Promise<{ readonly updated: ReadonlyMap<number, Row>; readonly left: readonly number[] }> {
  const { schema, table, options } = context;
  const { rows } = group;
  const statement = updateManySql(schema, table, rows, options);
  try {
    const stored = await runWrite(context, statement);
    const updated = new Map(stored.map(row => [takeNumber(row, statement.number), row]));
    return { updated, left: [...rows.keys()].filter(index => !updated.has(index)) };
  } catch (error) {
    throw failingRowError(context, error, group);
  }
}

// Removes the row's number, which the caller did not ask for, and returns it counted from 0.
function takeNumber(row: Record<string, unknown>, name: string): number {
  const number = Number(row[name]) - 1;
  delete row[name];
  return number;
}

async function absentRows(
  { sql, schema, table, options }: UpdateContext,
  { rows }: RowGroup,
  left: readonly number[],
): Promise<ReadonlySet<number>> {
  const candidates = left.map(index => rows[index]!);
  const names = identityColumns(relationPlan(schema, table)).map(({ column }) => column.name);
  const key = names.filter(name => Object.hasOwn(candidates[0]!, name));
  const absent = await run(sql, absentRowsSql(schema, table, key, candidates), options);
  return new Set(absent.map(row => left[takeNumber(row, "n")]!));
}

// The rows to write: the key first, without generated columns.
function requireValidChanges(
  context: UpdateContext,
  plan: RelationPlan,
  rows: readonly unknown[],
  from: number,
): readonly Row[] {
  const numberOf = (index: number): number => index + from;
  if (!rows.every(isPlainObject))
    return requireValidRows({ ...context, options: {} }, "update", rows, numberOf);
  const scoped = plan.scope.rules.map(({ column }) => column);
  const beside = distributionBeside(plan);
  const isGiven = beside !== undefined && rows.some(row => Object.hasOwn(row as Row, beside.column.name));
  const primary = requireKey(plan, "use updateWhere with a filter").filter(
    column => !scoped.includes(column),
  );
  const key = isGiven ? [...primary, beside] : primary;
  if (context.options?.validate !== false) requireKeys(plan, key, rows, from);
  const changes = rows.map(row => changesOf(plan, row));
  const indices = [...changes.keys()].filter(index => Object.keys(changes[index]!).length > 0);
  const given = indices.map(index => changes[index]);
  const valid = requireValidRows(context, "update", given, index => numberOf(indices[index]!));
  for (const [index, row] of valid.entries()) changes[indices[index]!] = row;
  const keyOf = (row: Row): Row => Object.fromEntries(key.map(({ column: { name } }) => [name, row[name]]));
  return rows.map((row, index) => ({ ...keyOf(row), ...changes[index], ...contradiction(plan, row) }));
}

/** The parts of the row's key that the scope does not have; without them the key would be that of a different row. */
function contradiction(plan: RelationPlan, row: Row): Row {
  const rules = plan.scope.rules.filter(
    ({ column, text }) =>
      plan.key.includes(column) && Object.hasOwn(row, column.column.name) && !hasText(column, row, text),
  );
  return Object.fromEntries(rules.map(({ column: { column } }) => [column.name, row[column.name]]));
}

function hasText(column: ColumnPlan, row: Row, expected: string | null): boolean {
  return isSameValue(column, keyText(column, row[column.column.name]).text, expected);
}

/** Whether the rows of a group, which have the same columns, contradict the scope. */
function isOutsideScope(plan: RelationPlan, row: Row): boolean {
  return scopedKey(plan).some(({ column }) => Object.hasOwn(row, column.name));
}

/** The columns of the key that the scope has. */
function scopedKey({ key, scope }: RelationPlan): readonly ColumnPlan[] {
  return key.filter(({ column }) => scope.names.has(column.name));
}

function requireKeys(
  plan: RelationPlan,
  key: readonly ColumnPlan[],
  rows: readonly Row[],
  from: number,
): void {
  const scoped = scopedKey(plan);
  const ofScope = (row: Row): readonly ColumnPlan[] =>
    scoped.filter(({ column }) => Object.hasOwn(row, column.name));
  const given = scoped.length === 0 ? [] : [...rows.entries()];
  const issues = [
    ...keyIssues(key, rows, from),
    ...given.flatMap(([index, row]) => keyIssues(ofScope(row), [row], from + index)),
  ];
  if (issues.length > 0) throw new ValidationError(plan.relation.key, issues);
}
