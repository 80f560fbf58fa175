/** A piece of a CHECK expression as PostgreSQL prints it. */
export interface Token {
  readonly kind: "word" | "name" | "number" | "string" | "symbol";
  /** A word in lower case, a name without quotes, a string without quotes. */
  readonly text: string;
}

const TOKEN =
  /\s*(?:"((?:[^"]|"")*)"|([a-zA-Z_][\w$]*)|(\d+(?:\.\d*)?(?:e[+-]?\d+)?)|'((?:[^']|'')*)'|(::|<=|>=|<>|[=<>()[\],-]))/y;

/** The tokens of an expression; undefined when it has something else (operators, E'' strings, other names). */
export function checkTokens(text: string): readonly Token[] | undefined {
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
