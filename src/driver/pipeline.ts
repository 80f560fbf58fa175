import type { QueryError } from "../errors.ts";
import { isTransaction, type SqlHandle, type SqlResult, type SqlValues } from "./handle.ts";
import { codesOf, isLost, unknownOutcome } from "./lost-connection.ts";
import { sendFresh } from "./stale-plan.ts";
import { queryOf, type Statement, type TogetherStatement } from "./statement.ts";
import { statementError } from "./statement-error.ts";
import { runTransactionInTurn } from "./turn.ts";
import { withConnection } from "./with-connection.ts";

/** Rows as objects, or as arrays from a handle with `transform`, which renames columns. */
type Result = SqlResult | SqlValues;

/** Starts a transaction whose statements see one state of the data. */
export const BEGIN_ONE_VIEW = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/** Starts a transaction in which PostgreSQL rejects writes. */
export const BEGIN_READ_ONLY = "BEGIN READ ONLY";
/** As `BEGIN_ONE_VIEW`, for statements that lock rows. */
export const BEGIN_LOCKING_VIEW = "BEGIN ISOLATION LEVEL REPEATABLE READ";

/**
 * Sends statements in one round trip and returns their results: in the caller's transaction, or in a transaction of
 * their own, whose BEGIN and COMMIT are sent with them. Without prepared statements the driver sends one at a time.
 * @throws QueryError for the statement that failed first; nothing is committed then
 */
export async function sendTogether(
  sql: SqlHandle,
  begin: string,
  statements: readonly TogetherStatement[],
): Promise<readonly Result[]> {
  if (isTransaction(sql)) return await resultsOf(sql, statements);
  const all = [command(begin), ...statements, command("COMMIT")];
  const results = await sendFresh(sql, () => withTurn(sql, connection => resultsOf(connection, all)));
  return results.slice(1, -1);
}

/** Sends a statement before the function returns, so that what the caller sends next runs after it without a wait. */
export function sendAhead(sql: SqlHandle, statement: Statement): Promise<Result> {
  const sent = Promise.resolve(
    queryOf(sql, statement).then(
      result => result as Result,
      async error => {
        throw await statementError(error, statement.text, { sql, params: statement.params });
      },
    ),
  );
  // The caller awaits it later.
  sent.catch(() => {});
  return sent;
}

/**
 * Sends the last statements of a transaction in one round trip with its COMMIT, and returns their results.
 * @throws UnknownOutcomeError if the connection is lost, unless the server has reported that it ended before COMMIT; QueryError
 */
export async function sendLast(
  connection: SqlHandle,
  statements: readonly Statement[],
): Promise<readonly Result[]> {
  const commit = command("COMMIT");
  try {
    return (await resultsOf(connection, [...statements, commit])).slice(0, -1);
  } catch (error) {
    const isKnown =
      !isLost(error) || (codesOf(error).sqlstate !== undefined && (error as QueryError).text !== commit.text);
    throw isKnown ? error : unknownOutcome(error);
  }
}

/**
 * Runs a function with a connection on which it begins and commits a transaction itself, so that BEGIN and COMMIT need no
 * separate round trips. After an error the transaction is rolled back.
 */
export async function withOwnTransaction<Result>(
  sql: SqlHandle,
  run: (connection: SqlHandle) => Promise<Result>,
): Promise<Result> {
  return await withTurn(sql, async connection => {
    try {
      return await run(connection);
    } catch (error) {
      // A connection that is lost has rolled back already.
      await Promise.resolve(connection.unsafe("ROLLBACK")).catch(() => {});
      throw error;
    }
  });
}

/** Runs a transaction on a connection to itself, or on the caller's after the transactions that were begun before it. */
async function withTurn<Result>(
  sql: SqlHandle,
  run: (connection: SqlHandle) => Promise<Result>,
): Promise<Result> {
  if ("release" in sql) return await runTransactionInTurn(sql, () => run(sql));
  return await withConnection(sql, connection => run(connection as unknown as SqlHandle));
}

/** A statement without parameters. */
function command(text: string): Statement {
  return { text, params: [] };
}

// Waits for all answers, because the next user of the connection would receive a late one.
async function resultsOf(
  sql: SqlHandle,
  statements: readonly TogetherStatement[],
): Promise<readonly Result[]> {
  const settled = await Promise.allSettled(statements.map(statement => queryOf(sql, statement)));
  // After the first error the server rejects the others (25P02), and COMMIT is a ROLLBACK.
  const failed = settled.findIndex(({ status }) => status === "rejected");
  if (failed !== -1) {
    const { text, params } = statements[failed]!;
    throw await statementError((settled[failed] as PromiseRejectedResult).reason, text, { sql, params });
  }
  return settled.map(result => (result as PromiseFulfilledResult<Result>).value);
}
