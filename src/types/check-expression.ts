/** A token of a CHECK expression as PostgreSQL prints it. */
export interface Token {
  readonly kind: "word" | "name" | "number" | "string" | "symbol";
  /** A word in lower case; a name or a string without its quotes. */
  readonly text: string;
}

const TOKEN =
  /\s*(?:"((?:[^"]|"")*)"|([a-zA-Z_][\w$]*)|(\d+(?:\.\d*)?(?:e[+-]?\d+)?)|'((?:[^']|'')*)'|(::|<=|>=|<>|[=<>()[\],.-]))/y;

/** The tokens of an expression; undefined if it has other syntax (operators, E'' strings). */
function checkTokens(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const scanner = new RegExp(TOKEN);
  while (scanner.lastIndex < text.trimEnd().length) {
    const match = scanner.exec(text);
    if (match === null) return undefined;
    tokens.push(tokenOf(match));
  }
  return tokens;
}

function tokenOf([, name, word, number, string, symbol]: RegExpExecArray): Token {
  if (name !== undefined) return { kind: "name", text: name.replaceAll('""', '"') };
  if (word !== undefined) return { kind: "word", text: word.toLowerCase() };
  if (number !== undefined) return { kind: "number", text: number };
  if (string !== undefined) return { kind: "string", text: string.replaceAll("''", "'") };
  return { kind: "symbol", text: symbol! };
}

/** A comparison of one column with constants that a CHECK requires. */
export interface Comparison {
  /** The column's name; `value` in a domain. */
  readonly column: string;
  /** The function around the column: `length`. */
  readonly fn: string | undefined;
  /** Types the column is cast to, innermost first. */
  readonly casts: readonly string[];
  readonly operator: "=" | "<>" | "<" | "<=" | ">" | ">=";
  /** Whether the comparison must hold for one of the constants (`= ANY`) or for all. */
  readonly quantifier: "any" | "all";
  readonly constants: readonly Constant[];
}

export interface Constant {
  readonly text: string;
  /** Types it is cast to, innermost first. */
  readonly casts: readonly string[];
}

interface Operand {
  readonly kind: "column" | "constant";
  readonly text: string;
  readonly fn: string | undefined;
  readonly casts: readonly string[];
}

/**
 * The comparisons that an expression, as pg_get_expr prints it, requires all together. Other parts (OR, LIKE,
 * functions) are left to the database. Undefined if no part of the expression can be read.
 */
export function parseCheck(text: string): readonly Comparison[] | undefined {
  const tokens = checkTokens(text);
  if (tokens === undefined) return undefined;
  const reader = makeReader(tokens);
  const comparisons = conjunction(reader);
  return comparisons !== undefined && reader.peek() === undefined ? comparisons : undefined;
}

interface Reader {
  peek(): Token | undefined;
  next(): Token | undefined;
  /** Consumes the next token if it is this one. */
  take(text: string): boolean;
  /** Runs a rule; if it fails, no token has been consumed. */
  attempt<Result>(rule: (reader: Reader) => Result | undefined): Result | undefined;
}

function makeReader(tokens: readonly Token[]): Reader {
  let at = 0;
  const reader: Reader = {
    peek: () => tokens[at],
    next: () => tokens[at++],
    take(text) {
      const token = tokens[at];
      const found =
        token !== undefined && token.text === text && (token.kind === "symbol" || token.kind === "word");
      if (found) at++;
      return found;
    },
    attempt(rule) {
      const start = at;
      const result = rule(reader);
      if (result === undefined) at = start;
      return result;
    },
  };
  return reader;
}

function conjunction(reader: Reader): readonly Comparison[] | undefined {
  const all: Comparison[] = [];
  do {
    const part = reader.attempt(comparison) ?? reader.attempt(parenthesised);
    if (part === undefined) return undefined;
    all.push(...part);
  } while (reader.take("and"));
  return all;
}

function parenthesised(reader: Reader): readonly Comparison[] | undefined {
  if (!reader.take("(")) return undefined;
  const inside = conjunction(reader);
  return reader.take(")") ? inside : undefined;
}

const OPERATORS: ReadonlySet<string> = new Set(["=", "<>", "<", "<=", ">", ">="]);

function comparison(reader: Reader): readonly Comparison[] | undefined {
  const left = operand(reader);
  if (left?.kind !== "column") return undefined;
  // NULL passes every CHECK of a value, and NOT NULL is the column's own rule.
  if (reader.take("is")) return reader.take("not") && reader.take("null") ? [] : undefined;
  const operator = reader.next()?.text ?? "";
  if (!OPERATORS.has(operator)) return undefined;
  const quantifier = reader.take("any") ? "any" : "all";
  const isList = quantifier === "any" || reader.take("all");
  const constants = isList ? list(reader) : single(reader);
  if (constants === undefined) return undefined;
  const { text: column, fn, casts } = left;
  return [{ column, fn, casts, operator: operator as Comparison["operator"], quantifier, constants }];
}

function single(reader: Reader): readonly Constant[] | undefined {
  const right = operand(reader);
  return right?.kind === "constant" && right.fn === undefined ? [right] : undefined;
}

function list(reader: Reader): readonly Constant[] | undefined {
  if (reader.take("(")) {
    const inside = list(reader);
    return inside !== undefined && reader.take(")") ? castItems(reader, inside) : undefined;
  }
  if (!reader.take("array") || !reader.take("[")) return undefined;
  const items: Constant[] = [];
  do {
    const item = single(reader);
    if (item === undefined) return undefined;
    items.push(...item);
  } while (reader.take(","));
  return reader.take("]") ? castItems(reader, items) : undefined;
}

// A cast of the list is one of each item.
function castItems(reader: Reader, items: readonly Constant[]): readonly Constant[] | undefined {
  const casts: string[] = [];
  while (reader.take("::")) {
    const type = typeName(reader);
    if (type?.endsWith("[]") !== true) return undefined;
    casts.push(type.slice(0, -2));
  }
  return items.map(item => ({ text: item.text, casts: [...item.casts, ...casts] }));
}

function operand(reader: Reader): Operand | undefined {
  const inner = primary(reader);
  if (inner === undefined) return undefined;
  const casts = [...inner.casts];
  while (reader.take("::")) {
    const type = typeName(reader);
    if (type === undefined) return undefined;
    casts.push(type);
  }
  return { ...inner, casts };
}

function primary(reader: Reader): Operand | undefined {
  if (reader.take("(")) {
    const inside = operand(reader);
    return reader.take(")") ? inside : undefined;
  }
  const sign = reader.take("-") ? "-" : "";
  const token = reader.next();
  if (token === undefined || token.kind === "symbol") return undefined;
  const plain = { fn: undefined, casts: [] };
  if (token.kind === "number") return { kind: "constant", text: sign + token.text, ...plain };
  if (sign !== "") return undefined;
  if (token.kind === "string") return { kind: "constant", text: token.text, ...plain };
  return reader.take("(") ? call(reader, token.text) : { kind: "column", text: token.text, ...plain };
}

function call(reader: Reader, fn: string): Operand | undefined {
  const argument = operand(reader);
  if (argument?.kind !== "column" || argument.fn !== undefined || !reader.take(")")) return undefined;
  return { ...argument, fn };
}

// The words after the first one of `character varying` and `timestamp with time zone`.
const CONTINUATIONS: ReadonlySet<string> = new Set([
  "varying",
  "precision",
  "with",
  "without",
  "time",
  "zone",
]);

function typeName(reader: Reader): string | undefined {
  const first = reader.next();
  if (first === undefined || (first.kind !== "word" && first.kind !== "name")) return undefined;
  let name = first.text;
  while (reader.take(".")) name += `.${reader.next()?.text}`;
  while (CONTINUATIONS.has(reader.peek()?.text ?? "")) name += ` ${reader.next()!.text}`;
  if (reader.take("(")) {
    name += "(";
    for (let token = reader.next(); token !== undefined && token.text !== ")"; token = reader.next())
      name += token.text;
    name += ")";
  }
  while (reader.take("[")) {
    if (!reader.take("]")) return undefined;
    name += "[]";
  }
  return name;
}
