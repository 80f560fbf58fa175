import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { MigrationError } from "../../errors.ts";
import { splitStatements } from "../../statements/scan-sql.ts";
import type { Migration } from "./migration.ts";
import { writeLog } from "./migration-log.ts";

/** Runs a migration on a connection of its own and records it. */
export async function runMigration(own: SqlHandle, schema: string, migration: Migration): Promise<void> {
  if (migration.transaction === false) {
    await runAlone(own, migration);
    await writeLog(own, schema, migration);
    return;
  }
  let isDone = false;
  const run = async (tx: SqlHandle): Promise<void> => {
    await runUp(tx, migration, text => sendForValues(tx, text, []));
    await writeLog(tx, schema, migration);
    isDone = true;
  };
  try {
    await own.begin(run);
  } catch (error) {
    throw failure(migration, isDone ? "could not be committed" : "failed, nothing of it was kept", error);
  }
}

async function runAlone(own: SqlHandle, migration: Migration): Promise<void> {
  let done = 0;
  try {
    await runUp(own, migration, async text => {
      for (const statement of splitStatements(text)) {
        await sendForValues(own, statement, []);
        done++;
      }
    });
  } catch (error) {
    throw failure(migration, `failed, ${done} statements before were kept`, error);
  }
}

async function runUp(
  sql: SqlHandle,
  { up }: Migration,
  send: (text: string) => Promise<unknown>,
): Promise<void> {
  if (typeof up === "string") await send(up);
  else await up(sql as Bun.SQL);
}

function failure({ name }: Migration, what: string, error: unknown): MigrationError {
  const message = error instanceof Error ? error.message : String(error);
  return new MigrationError(`migration ${name} ${what}: ${message}`, name, { cause: error });
}
