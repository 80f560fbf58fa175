import { ArgumentError } from "../errors.ts";

/** A `$1` outside strings, quoted names and comments. */
export interface Placeholder {
  readonly start: number;
  readonly end: number;
  readonly number: number;
}

/** A `:name` outside strings, quoted names, comments and casts. */
export interface NamedPlaceholder {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

// All that can hide a parenthesis or a placeholder (manual 4.1), or its start.
const TOKEN = new RegExp(
  [
    /[eE]'/,
    /['"]/,
    /--[^\n\r]*[\n\r]?/,
    /\/\*/,
    /\$(?<number>\d+)/,
    /::/,
    /:(?<name>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)/,
    /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/,
    /[()[\];]/,
    /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/,
  ]
    .map(part => part.source)
    .join("|"),
  "g",
);

/**
 * The placeholders of a piece of SQL. Throws ArgumentError if the piece could affect the SQL around it: unbalanced
 * parentheses, an open string or comment, a second statement.
 */
export function scanSql(text: string): readonly Placeholder[] {
  return requireWhole(text).flatMap(({ start, end, number }) =>
    number === undefined ? [] : { start, end, number },
  );
}

/** The `:name` placeholders of a piece of SQL, which may contain no `$1`; throws like `scanSql`. */
export function scanNames(text: string): readonly NamedPlaceholder[] {
  const tokens = requireWhole(text);
  const numbered = tokens.find(({ number }) => number !== undefined);
  if (numbered !== undefined) reject(`contains ${numbered.found} besides named parameters`, text);
  return tokens.flatMap(({ start, end, name }) => (name === undefined ? [] : { start, end, name }));
}

function requireWhole(text: string): readonly Token[] {
  const tokens = [...tokensOf(text)];
  const open: string[] = [];
  for (const { found } of tokens) {
    if (found === "(" || found === "[") open.push(found);
    else if (found === ")" || found === "]") close(open, found, text);
    else if (found === ";") reject("contains a semicolon; send one statement or expression at a time", text);
    else if (found.startsWith("--") && !/[\n\r]$/.test(found)) reject("ends inside a -- comment", text);
  }
  if (open.length > 0) reject(`has an unclosed ${open.at(-1)}`, text);
  return tokens;
}

/** Whether a piece of SQL that `scanSql` accepted is a list rather than one expression. */
export function hasTopLevelComma(text: string): boolean {
  let [depth, from] = [0, 0];
  for (const { found, start, end } of tokensOf(text)) {
    if (depth === 0 && text.slice(from, start).includes(",")) return true;
    if (found === "(" || found === "[") depth++;
    if (found === ")" || found === "]") depth--;
    from = end;
  }
  return text.slice(from).includes(",");
}

/** A token of SQL text: a word, a bracket, a semicolon, a placeholder, a string, a quoted name or a comment. */
export interface Token {
  readonly found: string;
  readonly start: number;
  readonly end: number;
  /** The number or the name of a placeholder. */
  readonly number: number | undefined;
  readonly name: string | undefined;
}

/** The tokens of SQL text; throws ArgumentError for an unclosed string, quoted name or comment. */
export function* tokensOf(text: string): Generator<Token> {
  const token = new RegExp(TOKEN);
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const found = match[0];
    const { number, name } = match.groups!;
    token.lastIndex = endOf(found, number !== undefined, text, token.lastIndex);
    yield {
      found,
      start: match.index,
      end: token.lastIndex,
      number: number === undefined ? undefined : Number(number),
      name,
    };
  }
}

function close(open: string[], bracket: string, text: string): void {
  if (open.pop() !== (bracket === ")" ? "(" : "[")) reject(`has an unopened ${bracket}`, text);
}

// No regular expressions with loops of alternatives, which are slow and fail on long strings.
function endOf(found: string, isNumber: boolean, text: string, from: number): number {
  if (found === "'" || found === '"') return endOfQuotes(text, found, from);
  if (/^e'/i.test(found)) return endOfEscapes(text, from);
  if (found === "/*") return endOfComment(text, from);
  return found.startsWith("$") && !isNumber ? endOfDollarQuote(text, found, from) : from;
}

function endOfQuotes(text: string, quote: string, from: number): number {
  let end = text.indexOf(quote, from);
  while (end !== -1 && text[end + 1] === quote) end = text.indexOf(quote, end + 2);
  return end === -1 ? reject("ends inside quotes", text) : end + 1;
}

// An E'' string has backslash escapes, and may continue in quotes on the next line.
function endOfEscapes(text: string, from: number): number {
  const edge = /[\\']/g;
  edge.lastIndex = from;
  for (let match = edge.exec(text); match !== null; match = edge.exec(text)) {
    const at = edge.lastIndex;
    if (match[0] === "\\" || text[at] === "'") edge.lastIndex = at + 1;
    else {
      const next = /\s*[\r\n]\s*'/y;
      next.lastIndex = at;
      if (!next.test(text)) return at;
      edge.lastIndex = next.lastIndex;
    }
  }
  return reject("ends inside quotes", text);
}

function endOfDollarQuote(text: string, tag: string, from: number): number {
  const end = text.indexOf(tag, from);
  return end === -1 ? reject("ends inside a dollar-quoted string", text) : end + tag.length;
}

function endOfComment(text: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  for (let depth = 1, match = edge.exec(text); match !== null; match = edge.exec(text)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return reject("ends inside a /* comment", text);
}

function reject(why: string, text: string): never {
  const shown = text.length > 200 ? `${text.slice(0, 200)}...` : text;
  throw new ArgumentError(`this SQL ${why}: ${shown}`);
}
