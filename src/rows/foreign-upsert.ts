import { isTransaction } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { QueryError } from "../errors.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import type { WriteContext } from "./write.ts";

// Another session inserted the row after the statement had not found it: the next attempt finds it, unless a different unique
// key is violated. Or another session changed the row: the remote transaction is REPEATABLE READ, and each attempt that
// fails for this reason means that another session has succeeded.
const ATTEMPTS: Readonly<Record<string, number>> = { "23505": 2, "23P01": 2, "40001": 10 };

/** Runs an upsert. For a foreign table, outside of transactions, it runs again if another session has written the same row. */
export function upsertAgain<Context extends WriteContext, Result>(
  context: Context,
  upsert: (context: Context) => Promise<Result>,
): Promise<Result> {
  const { sql, schema, table, options } = context;
  if (isTransaction(sql) || !relationPlan(schema, table).isForeign) return upsert(context);
  return limited(sql, options, async handle => {
    let last: unknown;
    for (let attempt = 1; ; attempt++) {
      try {
        return await upsert({ ...context, sql: handle });
      } catch (error) {
        // After a BEGIN of the caller on a reserved connection, the first error has aborted the transaction.
        if (stateOf(error) === "25P02") throw last ?? error;
        const attempts = ATTEMPTS[stateOf(error)];
        if (attempts === undefined || attempt >= attempts) throw error;
        last = error;
      }
    }
  });
}

function stateOf(error: unknown): string {
  return (error instanceof QueryError && error.sqlstate) || "";
}
