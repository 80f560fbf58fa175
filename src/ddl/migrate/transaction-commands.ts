import type { SqlStatement } from "./split-statements.ts";

/** The command of a statement that begins or ends a transaction (manual, SQL commands), for example `COMMIT`. */
export function transactionCommand({ words }: SqlStatement): string | undefined {
  const [first = "", second] = words;
  if (first === "rollback") return isRollbackTo(words) ? undefined : "ROLLBACK";
  if (ALONE.has(first)) return first.toUpperCase();
  if (first === "start" && second === "transaction") return "START TRANSACTION";
  // `PREPARE transaction AS ...` is a prepared statement of that name.
  return first === "prepare" && second === "transaction" && words.length === 2
    ? "PREPARE TRANSACTION"
    : undefined;
}

const ALONE: ReadonlySet<string> = new Set(["begin", "commit", "end", "abort"]);

function isRollbackTo([, second, third]: readonly string[]): boolean {
  return second === "to" || ((second === "work" || second === "transaction") && third === "to");
}

/** Whether a statement is `SET TRANSACTION`, which must be the first of its transaction. */
export function isSetTransaction({ words }: SqlStatement): boolean {
  return words[0] === "set" && words[1] === "transaction";
}
