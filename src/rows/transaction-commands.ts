import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";
import { type SqlStatement, splitStatements, transactionCommand } from "../statements/split-statements.ts";

/**
 * Throws ArgumentError for raw SQL that would end the transaction of its handle: what follows would be stored although the
 * transaction fails.
 * @param name of the function
 */
export function requireOpenTransaction(name: string, sql: SqlHandle, text: string): void {
  if (!isTransaction(sql) || !ENDS.test(text)) return;
  for (const statement of splitStatements(text)) {
    const command = transactionCommand(statement);
    if (command !== undefined && !isBegin(command))
      throw new ArgumentError(
        `${name}, line ${lineOf(text, statement)}: ${command} would end the transaction of the handle; remove BEGIN, COMMIT and ROLLBACK from the SQL, or pass a pool`,
      );
  }
}

// Most texts have none of these words, and need not be split.
const ENDS = /\b(?:commit|end|rollback|abort|prepare)\b/i;

/**
 * Throws ArgumentError for a script that leaves a transaction open on a connection of a pool, where it would be rolled back without
 * an error.
 */
export function requireClosedTransaction(sql: SqlHandle, text: string): void {
  if (isTransaction(sql) || "release" in sql || !/\b(?:begin|start|chain)\b/i.test(text)) return;
  let open: SqlStatement | undefined;
  for (const statement of splitStatements(text)) {
    const command = transactionCommand(statement);
    if (command !== undefined) open = isBegin(command) || isChained(statement) ? statement : undefined;
  }
  if (open === undefined) return;
  throw new ArgumentError(
    `script, line ${lineOf(text, open)}: the transaction that begins here is not ended, and would be rolled back; add COMMIT, or pass the handle of withConnection`,
  );
}

function isBegin(command: string): boolean {
  return command === "BEGIN" || command === "START TRANSACTION";
}

// `COMMIT AND CHAIN`, but not `COMMIT AND NO CHAIN`.
function isChained({ words }: SqlStatement): boolean {
  return words.at(-1) === "chain" && words.at(-2) === "and";
}

function lineOf(text: string, { start }: SqlStatement): number {
  return text.slice(0, start).split("\n").length;
}
