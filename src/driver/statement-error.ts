import { QueryError } from "../errors.ts";
import { singleConnection } from "./cancel.ts";
import { type FailureFacts, failureFacts } from "./failure-facts.ts";
import type { SqlHandle, SqlValues } from "./handle.ts";
import { codesOf } from "./lost-connection.ts";
import { type FailedStatement, queryError } from "./query-error.ts";
import { differencesOf } from "./statement.ts";
import { transactionOf } from "./turn.ts";

/** As `queryError`, for a statement; asks the server for the reason if the error does not contain it. */
export async function statementError(
  error: unknown,
  text: string,
  failed: FailedStatement,
): Promise<QueryError> {
  if (error instanceof QueryError) return error;
  const facts = failureFacts(error);
  if (failed.sql !== undefined && facts.sqlstate !== ABORTED) failures.set(transactionOf(failed.sql), error);
  return queryError(error, text, failed, await serverAdvice(facts, failed));
}

async function serverAdvice(facts: FailureFacts, { sql, params = [] }: FailedStatement): Promise<string> {
  if (sql === undefined) return "";
  if (facts.sqlstate === ABORTED) return await endOfAsking(sql);
  if (facts.sqlstate === "25006") return await askServer(sql, readOnlyAdvice);
  const findDifferences = isStaleName(facts) ? differencesOf(params) : undefined;
  return findDifferences === undefined
    ? ""
    : await askServer(sql, async own => staleAdvice(await findDifferences(own)));
}

// A statement after one that failed in its transaction.
const ABORTED = "25P02";
// By the handle of a transaction: the error of the statement that failed last.
const failures = new WeakMap<SqlHandle, unknown>();

/**
 * The error of a statement because of which the transaction was aborted, if a function failed only because it was: the error of a
 * later statement can reach it first, or it ignored the error. Undefined for other errors.
 */
export function causeOfAbort(tx: SqlHandle, error: unknown): unknown {
  const { sqlstate, code } = codesOf(error);
  const isAborted = sqlstate === ABORTED || code === "ERR_POSTGRES_COMMIT_ROLLED_BACK";
  return isAborted ? failures.get(transactionOf(tx)) : undefined;
}

// By the handle of a transaction: the question of a statement that failed.
const questions = new WeakMap<SqlHandle, Promise<string>>();

// Of statements that were sent together, the one that failed first must also be the first to reject.
async function endOfAsking(sql: SqlHandle): Promise<string> {
  await questions.get(sql);
  await Bun.sleep(0);
  return "";
}

function askServer(sql: SqlHandle, ask: (sql: SqlHandle) => Promise<string>): Promise<string> {
  const question = askOnOwnConnection(sql, ask);
  questions.set(sql, question);
  return question;
}

// The transaction of the statement was aborted, and every connection of the pool may be waiting.
async function askOnOwnConnection(sql: SqlHandle, ask: (sql: SqlHandle) => Promise<string>): Promise<string> {
  const own = singleConnection(sql);
  try {
    return await ask(own as unknown as SqlHandle);
  } catch {
    // The error of the statement is more important.
    return "";
  } finally {
    await own.close({ timeout: 0 });
  }
}

const READ_ONLY = "SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on'";

async function readOnlyAdvice(sql: SqlHandle): Promise<string> {
  const [row = []] = (await sql.unsafe(READ_ONLY).values()) as SqlValues;
  if (row[0] === true) return "; the server is a standby, which accepts no writes; connect to the primary";
  return row[1] === true ? "; default_transaction_read_only is on for this role or database" : "";
}

// rowfn checks names and types against the snapshot before it sends a statement, so the database has others: an undefined
// table, column, type, operator or conflict target, a column of another type, a type that was dropped.
const STALE: ReadonlySet<string> = new Set(["42P01", "42703", "42704", "42883", "42P10", "42804", "XX000"]);

function isStaleName({ sqlstate = "", routine, isInside }: FailureFacts): boolean {
  return !isInside && (STALE.has(sqlstate) || routine === "RevalidateCachedQuery");
}

const SHOWN = 3;

function staleAdvice(differences: readonly string[]): string {
  if (differences.length === 0) return "";
  const others = differences.length - SHOWN;
  const list = [...differences.slice(0, SHOWN), ...(others > 0 ? [`and ${others} more`] : [])].join(", ");
  return `; the database no longer matches the snapshot: ${list}; load the snapshot again with loadSchema`;
}
