import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { MigrationError } from "../../errors.ts";
import { splitStatements } from "../../statements/scan-sql.ts";
import type { Migration } from "./migration.ts";
import { writeLog } from "./migration-log.ts";

/** Runs a migration on a dedicated connection and records it; throws MigrationError. */
export async function runMigration(own: SqlHandle, schema: string, migration: Migration): Promise<void> {
  if (migration.transaction !== false) return await runInTransaction(own, schema, migration);
  await runWithoutTransaction(own, migration);
  await writeLog(own, schema, migration);
}

async function runInTransaction(own: SqlHandle, schema: string, migration: Migration): Promise<void> {
  const { name, up } = migration;
  let isRecorded = false;
  try {
    await own.begin(async tx => {
      if (typeof up === "string") await sendForValues(tx, up, []);
      else await up(tx as unknown as Bun.SQL);
      await writeLog(tx, schema, migration);
      isRecorded = true;
    });
  } catch (error) {
    const what = isRecorded ? "could not be committed" : "failed and was rolled back";
    throw new MigrationError(`migration ${name} ${what}: ${messageOf(error)}`, name, { cause: error });
  }
}

async function runWithoutTransaction(own: SqlHandle, { name, up }: Migration): Promise<void> {
  const statements = typeof up === "string" ? splitStatements(up) : [up];
  let done = 0;
  try {
    for (const statement of statements) {
      if (typeof statement === "string") await sendForValues(own, statement, []);
      else await statement(own as unknown as Bun.SQL);
      done++;
    }
  } catch (error) {
    const what = typeof up === "string" ? failureText(done) : "failed, and ran without a transaction";
    throw new MigrationError(`migration ${name} ${what}: ${messageOf(error)}`, name, { cause: error });
  }
}

function failureText(done: number): string {
  if (done === 0) return "failed at statement 1, nothing was committed";
  const before = done === 1 ? "statement 1 was" : `statements 1 to ${done} were`;
  return `failed at statement ${done + 1}, ${before} committed`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
