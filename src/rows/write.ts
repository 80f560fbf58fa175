import type { SqlHandle } from "../driver/handle.ts";
import { sendForValues } from "../driver/send.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { isFragment } from "../statements/fragment.ts";
import type { RowStatement } from "../statements/statement.ts";
import type { Purpose } from "../validate/table-rules.ts";
import { tableRules } from "../validate/table-rules.ts";
import { keepsRules, validateOne } from "../validate/validate-rows.ts";
import { ValidationError } from "../validate/validation-error.ts";
import { constraintError } from "./constraint-error.ts";
import { type RunOptions, runRows } from "./run.ts";

/** Options of every function that writes. */
export interface WriteOptions extends RunOptions {
  /** `false` skips the checks of values; names are always checked. */
  readonly validate?: boolean;
}

/** As `runRows`; a broken constraint is a ConstraintError. */
export function runWrite<Result>(
  sql: SqlHandle,
  schema: AnySchema,
  options: RunOptions | undefined,
  build: () => RowStatement,
  finish: (rows: Record<string, unknown>[]) => Result | Promise<Result>,
): Promise<Result> {
  return runRows(sql, options, build, finish, error => constraintError(schema, error));
}

/** How many rows a statement touched. */
export async function runCount(
  sql: SqlHandle,
  schema: AnySchema,
  options: RunOptions | undefined,
  build: () => RowStatement,
): Promise<number> {
  const statement = build();
  options?.onStatement?.(statement);
  try {
    return (await sendForValues(sql, statement.text, statement.params)).count;
  } catch (error) {
    throw constraintError(schema, error);
  }
}

/** The row as it is to be written; throws ValidationError. Raw SQL in it is not judged. */
export function checkedRow(
  schema: AnySchema,
  table: string,
  row: unknown,
  purpose: Purpose,
  options: WriteOptions | undefined,
): Record<string, unknown> {
  const given = row as Record<string, unknown>;
  if (options?.validate === false || keepsRules(schema, table, row, purpose)) return given;
  const raw = fragmentsOf(row);
  const values = raw.size === 0 ? row : withoutKeys(given, raw);
  // Changes that are all raw SQL leave nothing to judge.
  if (purpose === "update" && raw.size > 0 && Object.keys(values as object).length === 0) return given;
  const { rows, issues } = validateOne(schema, table, values, purpose);
  const own = issues.filter(({ path }) => !raw.has(String(path?.[0].key)));
  if (own.length > 0) throw new ValidationError(tableRules(schema, table, purpose).table, own);
  return raw.size === 0 ? (rows[0] as Record<string, unknown>) : given;
}

const NO_NAMES: ReadonlySet<string> = new Set();

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

function withoutKeys(row: Record<string, unknown>, names: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.has(name)));
}
