import { type Token, tokensOf } from "./scan-sql.ts";

/** One statement of a text. */
export interface SqlStatement {
  /** Without the comments before it and the semicolon. */
  readonly text: string;
  /** The index of its first character. */
  readonly start: number;
  /** The words outside strings, quoted names and comments, in lower case. */
  readonly words: readonly string[];
}

/**
 * The statements of a text, split where psql splits it: at a semicolon outside parentheses and outside the
 * `BEGIN ATOMIC ... END` of a function. Throws ArgumentError for an unclosed string, quoted name or comment.
 */
export function splitStatements(text: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let tokens: Token[] = [];
  let from = 0;
  let nesting = NO_NESTING;
  for (const token of tokensOf(text)) {
    nesting = nestingAfter(nesting, token, tokens);
    if (token.found !== ";" || nesting.parentheses > 0 || nesting.blocks > 0) {
      tokens.push(token);
      continue;
    }
    statements.push(statementOf(text, from, token.start, tokens));
    [tokens, from, nesting] = [[], token.end, NO_NESTING];
  }
  statements.push(statementOf(text, from, text.length, tokens));
  return statements.filter(({ text: { length } }) => length > 0);
}

/** The open parentheses, and the open BEGIN and CASE of a function body. */
interface Nesting {
  readonly parentheses: number;
  readonly blocks: number;
}

const NO_NESTING: Nesting = { parentheses: 0, blocks: 0 };

const PARENTHESES: Readonly<Record<string, number>> = { "(": 1, ")": -1 };

function nestingAfter(nesting: Nesting, { found }: Token, before: readonly Token[]): Nesting {
  const { parentheses, blocks } = nesting;
  const change = PARENTHESES[found];
  if (change !== undefined) return { parentheses: Math.max(0, parentheses + change), blocks };
  if (parentheses > 0) return nesting;
  const word = found.toLowerCase();
  if (word === "begin" && isRoutine(wordsOf(before, 4))) return { parentheses, blocks: blocks + 1 };
  if (blocks === 0) return nesting;
  if (word === "case") return { parentheses, blocks: blocks + 1 };
  return word === "end" ? { parentheses, blocks: blocks - 1 } : nesting;
}

function isRoutine(words: readonly string[]): boolean {
  return /^create (or replace )?(function|procedure)( |$)/.test(words.join(" "));
}

function statementOf(text: string, from: number, to: number, tokens: readonly Token[]): SqlStatement {
  const start = codeStart(text, from, tokens);
  return { text: text.slice(start, to).trimEnd(), start, words: wordsOf(tokens, tokens.length) };
}

// After the whitespace and comments before a statement.
function codeStart(text: string, from: number, tokens: readonly Token[]): number {
  let start = from;
  for (const { found, start: next, end } of tokens) {
    if (!isComment(found) || text.slice(start, next).trim() !== "") break;
    start = end;
  }
  return start + text.slice(start).search(/\S|$/);
}

function isComment(found: string): boolean {
  return found.startsWith("--") || found === "/*";
}

function wordsOf(tokens: readonly Token[], limit: number): readonly string[] {
  return tokens
    .filter(({ found }) => /^[A-Za-z_\u0080-\uffff]/.test(found) && !/^[eE]'/.test(found))
    .slice(0, limit)
    .map(({ found }) => found.toLowerCase());
}

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
