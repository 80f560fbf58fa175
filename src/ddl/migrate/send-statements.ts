import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import type { SqlStatement } from "../../statements/split-statements.ts";
import { statementError } from "./migration-failure.ts";
import { indexOfPosition } from "./source-position.ts";

// Longer texts are sent in parts.
const MESSAGE_LENGTH = 1_000_000;

// Part of the two keys of an advisory lock: "rowf" in ASCII. The other key is the number of statements that have run.
const LOCK = 0x726f7766;

/** Sends one statement; throws an error with its place in the body. */
export async function sendStatement(sql: SqlHandle, statement: SqlStatement): Promise<void> {
  try {
    await sendForValues(sql, statement.text, []);
  } catch (error) {
    throw statementError(
      error,
      position => placeOf(messagesOf([statement])[0]!, position) ?? statement.start,
    );
  }
}

/** Statements that are sent in one message. */
interface Message {
  readonly text: string;
  /** The statements with the index of each in the text. */
  readonly parts: readonly { readonly statement: SqlStatement; readonly index: number }[];
}

/**
 * Sends the statements of a transaction in one round trip. After an error the function `recover` must make the transaction
 * usable again, so that the place of the failed statement can be read.
 */
export async function sendStatements(
  tx: SqlHandle,
  statements: readonly SqlStatement[],
  recover: () => Promise<unknown>,
): Promise<void> {
  let done = 0;
  for (const message of messagesOf(statements)) {
    try {
      await sendForValues(tx, message.text, []);
      done += message.parts.length;
    } catch (error) {
      await recover();
      const { statement } = message.parts[(await takeCount(tx)) - done] ?? message.parts[0]!;
      throw statementError(error, position => placeOf(message, position) ?? statement.start);
    }
  }
}

/** The index in the body of a position in the text of a message; undefined without a position. */
function placeOf({ text, parts }: Message, position: number | undefined): number | undefined {
  if (position === undefined) return undefined;
  const at = indexOfPosition(text, position);
  const part = parts.findLast(({ index }) => index <= at) ?? parts[0]!;
  return part.statement.start + at - part.index;
}

function messagesOf(statements: readonly SqlStatement[]): readonly Message[] {
  const messages: Message[] = [];
  let text = "";
  let parts: Message["parts"][number][] = [];
  for (const [index, statement] of statements.entries()) {
    parts.push({ statement, index: text.length });
    // On a new line, because the statement may end with a comment.
    text += `${statement.text}\n;${countSql(index + 1, statements.length)}`;
    if (text.length < MESSAGE_LENGTH && index + 1 < statements.length) continue;
    messages.push({ text, parts });
    [text, parts] = ["", []];
  }
  return messages;
}

// PostgreSQL does not report which statement of a message failed, unless the error has a position. An advisory lock of the
// session is not rolled back with the statements, so it shows how many had run.
function countSql(count: number, total: number): string {
  const lock = count === total ? [] : [`pg_catalog.pg_try_advisory_lock(${LOCK}, ${count})`];
  const unlock = count === 1 ? [] : [`pg_catalog.pg_advisory_unlock(${LOCK}, ${count - 1})`];
  return lock.length + unlock.length === 0 ? "" : `SELECT ${[...lock, ...unlock].join(", ")};\n`;
}

/** The number of statements that had run before the failed one; releases the lock that shows it. */
async function takeCount(tx: SqlHandle): Promise<number> {
  const rows = await sendForValues(
    tx,
    `SELECT objid::int, pg_catalog.pg_advisory_unlock(${LOCK}, objid::int) FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid() AND classid = ${LOCK}`,
    [],
  ).catch(() => []);
  return Number(rows[0]?.[0] ?? 0);
}
