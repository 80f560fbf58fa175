import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { type CommandOptions, inPipe, type Outcome, onTerminal } from "./run-command.ts";

/** The sample database for one test file, and the command run on it. */
export interface Sample {
  readonly database: TestDatabase;
  readonly sql: TestDatabase["sql"];
  /** A directory for files, to be removed by the test. */
  readonly directory: string;
  inPipe(args: readonly string[], options?: CommandOptions): Promise<Outcome>;
  onTerminal(
    args: readonly string[],
    options?: Parameters<typeof onTerminal>[1],
  ): ReturnType<typeof onTerminal>;
}

export async function sample(): Promise<Sample> {
  const database = await testDatabase({ template: MUSIC_STORE_SQL });
  const { url, sql } = database;
  return {
    database,
    sql,
    directory: mkdtempSync(join(tmpdir(), "rowfn-cli-")),
    inPipe: (args, options) => inPipe(args, { url, ...options }),
    onTerminal: (args, options) => onTerminal(args, { url, ...options }),
  };
}
