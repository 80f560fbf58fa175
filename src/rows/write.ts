import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { driverHandle } from "../driver/wrap-handle.ts";
import { ArgumentError } from "../errors.ts";
import { isPlainObject, requireObject } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type Fragment, isDefault, isFragment } from "../statements/fragment.ts";
import { getSql } from "../statements/get-sql.ts";
import { type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import type { ReturningOptions } from "../statements/returning.ts";
import { requireInScope } from "../statements/scope-contradiction.ts";
import type { RowStatement, Statement } from "../statements/statement.ts";
import { issueAt } from "../validate/issue.ts";
import { linkedRules } from "../validate/linked-rules.ts";
import { isValidRow } from "../validate/row-check.ts";
import { type Purpose, type TableRules, tableRules } from "../validate/rules.ts";
import { validateOne, validateRows } from "../validate/validate-rows.ts";
import { ValidationError } from "../validate/validation-error.ts";
import { constraintError } from "./constraint-error.ts";
import { missingRowError } from "./missing-row.ts";
import type { Row } from "./row-groups.ts";
import { type RunOptions, run, runWritten } from "./run.ts";
import { runForCount } from "./run-values.ts";

/** Options of every function that writes. */
export interface WriteOptions extends RunOptions {
  /** `false` skips the validation of values; names are always checked. */
  readonly validate?: boolean;
}

/** The snapshot, the table and the options of a call that writes. */
export interface TableContext {
  readonly schema: AnySchema;
  readonly table: string;
  readonly options: WriteOptions | undefined;
}

/** The handle, the snapshot, the table and the options of a call that writes. */
export interface WriteContext extends TableContext {
  readonly sql: SqlHandle;
}

// The snapshot of the last write in each transaction, which explains a constraint that COMMIT violates.
const snapshots = new WeakMap<SqlHandle, AnySchema>();

/** Remembers the snapshot of a write, if it is in a transaction. */
export function noteSnapshot(sql: SqlHandle, schema: AnySchema): void {
  if (isTransaction(sql)) snapshots.set(driverHandle(sql), schema);
}

/** Passes the snapshot of a savepoint's last write to the enclosing transaction. */
export function passSnapshot(savepoint: SqlHandle, outer: SqlHandle): void {
  const schema = snapshots.get(driverHandle(savepoint));
  if (schema !== undefined) noteSnapshot(outer, schema);
}

/** The snapshot of the last write in a transaction. */
export function notedSnapshot(tx: SqlHandle): AnySchema | undefined {
  return snapshots.get(driverHandle(tx));
}

/** A call that writes; hand-written SQL has no table. */
interface WriteCall extends Omit<WriteContext, "table"> {
  readonly table?: string;
}

/** Sends a statement that writes and returns its rows; throws ConstraintError if a constraint is violated. */
export function runWrite(context: WriteCall, statement: RowStatement): Promise<Record<string, unknown>[]> {
  const { sql, schema, options } = context;
  noteSnapshot(sql, schema);
  return runWritten(sql, statement, options, error => constraintError(context, error, statement.params));
}

/** Sends a statement that writes and returns the number of rows affected; throws ConstraintError as `runWrite` does. */
export function runCount(context: WriteCall, statement: Statement): Promise<number> {
  const { sql, schema, options } = context;
  noteSnapshot(sql, schema);
  return runForCount(sql, statement, options, error => constraintError(context, error, statement.params));
}

/** The row to write; throws ValidationError. Raw SQL is not validated, but a column that only PostgreSQL writes rejects it. */
export function requireValidRow(
  { schema, table, options }: TableContext,
  purpose: Purpose,
  row: unknown,
): Record<string, unknown> {
  const given = row as Record<string, unknown>;
  if (options?.validate === false || isValidRow(schema, table, row, purpose)) return given;
  const rules = tableRules(schema, table, purpose);
  const raw = acceptedFragments(rules, given);
  const values = raw.size === 0 ? row : withoutColumns(given, raw);
  // If all changes are raw SQL, no value is left to validate.
  if (purpose === "update" && raw.size > 0 && Object.keys(values as object).length === 0) return given;
  const { rows, issues } = validateOne(linkedRules(rules, [...raw]), values);
  if (issues.length > 0) throw new ValidationError(rules.table, issues);
  const [valid] = rows as Record<string, unknown>[];
  if (raw.size === 0) return valid!;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, raw.has(name) ? value : valid![name]]),
  );
}

const NO_NAMES: ReadonlySet<string> = new Set();

function acceptedFragments({ excluded }: TableRules, row: Record<string, unknown>): ReadonlySet<string> {
  const names = fragmentsOf(row);
  if (names.size === 0 || excluded.size === 0) return names;
  return new Set([...names].filter(name => !excluded.has(name) || isDefault(row[name] as Fragment)));
}

function fragmentsOf(row: unknown): ReadonlySet<string> {
  if (typeof row !== "object" || row === null) return NO_NAMES;
  let names: Set<string> | undefined;
  for (const name of Object.keys(row)) {
    if (!isFragment(row[name as keyof typeof row])) continue;
    names ??= new Set();
    names.add(name);
  }
  return names ?? NO_NAMES;
}

/** A row without some of its columns. */
export function withoutColumns(row: object, names: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.has(name)));
}

/** The rows to write; throws ValidationError, in which `numberOf` gives the number of each row. */
export function requireValidRows(
  { schema, table, options }: TableContext,
  purpose: Purpose,
  rows: readonly unknown[],
  numberOf: (index: number) => number,
): readonly Row[] {
  if (options?.validate === false) {
    // A row without columns has the defaults of all, and so would have what is not a row.
    const wrong = rows.findIndex(row => !isPlainObject(row));
    if (wrong !== -1) requireObject(`${table}: rows[${numberOf(wrong)}]`, rows[wrong]);
    return rows as readonly Row[];
  }
  const result = validateRows(schema, table, rows, purpose);
  if (result.issues.length === 0) {
    requireInScope(relationPlan(schema, table), result.rows as Row[], numberOf);
    return result.rows as Row[];
  }
  rejectRawSql(table, rows, numberOf);
  const issues = result.issues.map(({ path, ...issue }) => {
    const [first, ...rest] = path!;
    return issueAt({ ...issue }, { ...first, key: numberOf(Number(first.key)) } as typeof first, ...rest);
  });
  throw new ValidationError(table, issues);
}

function rejectRawSql(table: string, rows: readonly unknown[], numberOf: (index: number) => number): void {
  for (const [index, row] of rows.entries()) {
    const [name] = fragmentsOf(row);
    if (name !== undefined)
      throw new ArgumentError(
        `${table}.${name}, rows[${numberOf(index)}]: functions that write many rows do not accept raw SQL; use updateWhere, or a function that writes one row`,
      );
  }
}

/**
 * Whether a statement that writes one row returns no column. Otherwise it returns at least the key, because only a returned row
 * shows that there was one. PostgreSQL rejects RETURNING if a rule lacks it.
 */
export function isWithoutReturning(
  { hasRules }: RelationPlan,
  options: ReturningOptions | undefined,
): boolean {
  return hasRules && options?.returning === false;
}

/** Sends the statement that writes the row with a key; returns undefined if a trigger or a rule left the row unchanged. */
export function writeRow(
  context: WriteContext & { readonly options: (WriteOptions & ReturningOptions) | undefined },
  event: "update" | "delete",
  statement: RowStatement,
  key: () => unknown,
): Promise<Record<string, unknown> | undefined> {
  return limited(context.sql, context.options, async sql => {
    const inner = { ...context, sql };
    const plan = relationPlan(context.schema, context.table);
    const isBlind = isWithoutReturning(plan, context.options);
    // A rule or trigger can hide the row, so it is looked up first.
    const isKnown = isBlind || (event === "delete" && plan.canHideDeleted);
    if (isKnown) await requireRow(inner, event, key());
    if (isBlind) return void (await runCount(inner, statement));
    const [row] = await runWrite(inner, statement);
    return row ?? (isKnown ? undefined : await requireRow(inner, event, key()));
  });
}

// Throws NotFoundError for the key of a write that returned no row.
async function requireRow(
  { sql, schema, table, options }: WriteContext,
  event: "update" | "delete",
  key: unknown,
): Promise<undefined> {
  const isSuppressible = canBeSuppressed(relationPlan(schema, table), event);
  const found = isSuppressible && (await run(sql, getSql(schema, table, key), options)).length > 0;
  if (!found) throw missingRowError(sql, schema, table, key);
}

/**
 * Whether a trigger or a rule can suppress the write of a row. It can also be that of a partition, of a table that inherits,
 * behind a view, or in a remote database.
 */
export function canBeSuppressed(
  { relation: { kind, triggers }, hasRules, hasChildren }: RelationPlan,
  event: "update" | "delete",
): boolean {
  return triggers[event] || hasRules || hasChildren || kind !== "table";
}
