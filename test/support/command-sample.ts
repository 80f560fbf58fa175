import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { inOwnProcess, onPseudoTerminal } from "./command-process.ts";
import { keptConnection } from "./kept-connection.ts";
import { inPipe, onTerminal } from "./run-command.ts";

/** The music store for a single test file, and functions that run the command on it. */
export interface Sample {
  readonly database: TestDatabase;
  readonly sql: TestDatabase["sql"];
  /** A directory for files. */
  readonly directory: string;
  readonly inPipe: typeof inPipe;
  readonly onTerminal: typeof onTerminal;
  readonly inOwnProcess: typeof inOwnProcess;
  readonly onPseudoTerminal: typeof onPseudoTerminal;
  /** The output of a command in a pipe; the command must succeed. */
  printed(...args: readonly string[]): Promise<string>;
  /** Removes the database and the directory. */
  drop(): Promise<void>;
}

export async function sample(): Promise<Sample> {
  const database = await testDatabase({ template: MUSIC_STORE_SQL });
  const { url, sql } = database;
  const kept = keptConnection(url);
  const inProcess = { url, connectTo: kept.connectTo };
  const directory = mkdtempSync(join(tmpdir(), "rowfn-cli-"));
  return {
    database,
    sql,
    directory,
    inPipe: (args, options) => inPipe(args, { ...inProcess, ...options }),
    onTerminal: (args, options) => onTerminal(args, { ...inProcess, ...options }),
    inOwnProcess: (args, options) => inOwnProcess(args, { url, ...options }),
    onPseudoTerminal: (args, options) => onPseudoTerminal(args, { url, ...options }),
    printed: async (...args) => {
      const { code, output, errors } = await inPipe(args, inProcess);
      if (code !== 0 || errors !== "") throw new Error(`exit code ${code}: ${errors}`);
      return output;
    },
    drop: async () => {
      rmSync(directory, { recursive: true });
      await kept.close();
      await database.drop();
    },
  };
}
