import type { SqlHandle } from "../../driver/handle.ts";
import { isLost } from "../../driver/lost-connection.ts";
import { sendForValues } from "../../driver/send.ts";
import { QueryError } from "../../errors.ts";
import {
  isSetTransaction,
  type SqlStatement,
  splitStatements,
  transactionCommand,
} from "../../statements/split-statements.ts";
import { failureError } from "./migration-failure.ts";
import type { MigrationRun } from "./migration-run.ts";
import { sendStatement, sendStatements } from "./send-statements.ts";
import { restoreSettings, sessionSettings } from "./session-settings.ts";

/** Runs a migration on a dedicated connection and records it; throws MigrationError. */
export async function runMigration(own: SqlHandle, run: MigrationRun): Promise<void> {
  const before = await sessionSettings(own);
  try {
    if (run.transaction) return await runInTransaction(own, run, before);
    await runWithoutTransaction(own, run);
  } catch (error) {
    await restoreSettings(own, before).catch(() => undefined);
    throw error;
  }
  try {
    await restoreSettings(own, before);
    await run.record(own);
  } catch (error) {
    throw failureError(run, "has run, but the log could not be changed", error);
  }
}

// A savepoint ends with its transaction, so it shows that the migration has not ended its transaction. Unlike a query,
// it works in a failed transaction too.
const SAVEPOINT = "rowfn_migration";
const NO_SAVEPOINT = "3B001";
const NO_TRANSACTION = "25P01";

async function runInTransaction(own: SqlHandle, run: MigrationRun, before: string): Promise<void> {
  let outcome = "failed and was rolled back";
  try {
    await own.begin(async tx => {
      const recover = async (): Promise<void> => {
        if (await hasEnded(tx, "ROLLBACK TO")) outcome = ENDED;
      };
      await sendBody(tx, run, recover);
      if (await hasEnded(tx, "RELEASE")) {
        outcome = ENDED;
        throw new Error("remove BEGIN, COMMIT and ROLLBACK from it");
      }
      await restoreSettings(tx, before);
      await run.record(tx);
      outcome = NOT_COMMITTED;
    });
  } catch (error) {
    throw failureError(run, outcome === NOT_COMMITTED && isLost(error) ? UNKNOWN : outcome, error);
  }
}

const NOT_COMMITTED = "could not be committed";
const UNKNOWN =
  "was either committed and recorded or rolled back, because the connection was lost during COMMIT";
const ENDED =
  "has ended its transaction itself and is not recorded, but some of its changes may be committed";

async function hasEnded(tx: SqlHandle, command: "RELEASE" | "ROLLBACK TO"): Promise<boolean> {
  const state = await sqlstateOf(tx, `${command} SAVEPOINT ${SAVEPOINT}`);
  return state === NO_SAVEPOINT || state === NO_TRANSACTION;
}

// SET TRANSACTION must come before the savepoint.
async function sendBody(tx: SqlHandle, { body }: MigrationRun, recover: () => Promise<void>): Promise<void> {
  const statements = typeof body === "string" ? splitStatements(body) : [];
  const first = statements.findIndex(statement => !isSetTransaction(statement));
  const [leading, rest] =
    first === -1 ? [statements, []] : [statements.slice(0, first), statements.slice(first)];
  for (const statement of leading) await sendStatement(tx, statement);
  await sendForValues(tx, `SAVEPOINT ${SAVEPOINT}`, []);
  if (typeof body === "string") return await sendStatements(tx, rest, recover);
  try {
    await body(tx as unknown as Bun.SQL);
  } catch (error) {
    await recover();
    throw error;
  }
}

async function runWithoutTransaction(own: SqlHandle, run: MigrationRun): Promise<void> {
  const { body } = run;
  const statements = typeof body === "string" ? splitStatements(body) : [];
  let done = 0;
  try {
    for (; done < statements.length; done++) await sendStatement(own, statements[done]!);
    if (typeof body !== "string") await body(own as unknown as Bun.SQL);
  } catch (error) {
    throw failureError(run, failureText(statements, done, await rollBackOpen(own)), error);
  }
  if (await rollBackOpen(own))
    throw failureError(run, "left a transaction open, which was rolled back", new Error("add COMMIT"));
}

function failureText(statements: readonly SqlStatement[], done: number, wasOpen: boolean): string {
  const rollback = wasOpen ? "; its open transaction was rolled back" : "";
  if (statements.length === 0) return `failed, and ran without a transaction${rollback}`;
  const start = `failed at statement ${done + 1}`;
  if (done === 0) return `${start}, nothing was committed`;
  const before = done === 1 ? "statement 1" : `statements 1 to ${done}`;
  const hasOwn = statements.slice(0, done).some(statement => transactionCommand(statement) !== undefined);
  return `${start}, ${before} ${hasOwn ? "had run" : done === 1 ? "was committed" : "were committed"}${rollback}`;
}

/** Whether a transaction was open and is rolled back; false too if the connection is lost. */
async function rollBackOpen(own: SqlHandle): Promise<boolean> {
  // A savepoint is possible only in a transaction; in a failed transaction the error has a different code.
  const state = await sqlstateOf(own, `SAVEPOINT ${SAVEPOINT}`);
  return state !== NO_TRANSACTION && (await sqlstateOf(own, "ROLLBACK")) === undefined;
}

/** Sends a command and returns the SQLSTATE of its error: undefined without an error, empty for a lost connection. */
async function sqlstateOf(sql: SqlHandle, text: string): Promise<string | undefined> {
  try {
    await sendForValues(sql, text, []);
    return undefined;
  } catch (error) {
    return (error instanceof QueryError && error.sqlstate) || "";
  }
}
