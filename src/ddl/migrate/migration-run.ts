import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError, MigrationError } from "../../errors.ts";
import { type SqlStatement, splitStatements, transactionCommand } from "../../statements/split-statements.ts";
import type { MigrationFunction } from "./migration.ts";
import { positionError } from "./migration-failure.ts";

/** The part of a migration that runs: its `up` or its `down`. */
export interface MigrationRun {
  readonly name: string;
  readonly body: string | MigrationFunction;
  readonly transaction: boolean;
  /** Adds the migration to the log, or removes it. */
  readonly record: (sql: SqlHandle) => Promise<void>;
}

/** Throws MigrationError if the text of a run has an unclosed string, needs psql, or ends the transaction in which it runs. */
export function requireRunnable({ name, body, transaction }: MigrationRun): void {
  if (typeof body !== "string") return;
  for (const statement of statementsOf(name, body)) {
    const psql = psqlCommand(statement);
    if (psql !== undefined)
      throw positionError(`migration ${name} contains ${psql}`, { name, body }, statement.start);
    const command = transactionCommand(statement);
    if (command !== undefined && transaction)
      throw positionError(
        `migration ${name} contains ${command}, but runs in its own transaction; remove ${command}, or use transaction: false (in a file: "-- rowfn: no transaction")`,
        { name, body },
        statement.start,
      );
  }
}

/** What only psql runs, such as `\restrict` and the rows of pg_dump. */
function psqlCommand({ text, words }: SqlStatement): string | undefined {
  const command = /^\\\S*/.exec(text)?.[0];
  if (command !== undefined) return `${command}, a command of psql; remove the line`;
  if (words[0] !== "copy") return undefined;
  return COPY.find(([way, end]) =>
    words.some((word, index) => word === way && words[index + 1] === end),
  )?.[2];
}

const COPY = [
  [
    "from",
    "stdin",
    "COPY ... FROM stdin, whose rows only psql sends; write INSERT, or call importRows in a function",
  ],
  [
    "to",
    "stdout",
    "COPY ... TO stdout, whose rows only psql prints; remove it, or call exportRows in a function",
  ],
] as const;

function statementsOf(name: string, body: string): ReturnType<typeof splitStatements> {
  try {
    return splitStatements(body);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new MigrationError(`migration ${name}: ${error.message}`, name, { cause: error });
  }
}
