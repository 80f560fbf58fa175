/** The reason that a text is not JSON, and its position. */
interface JsonProblem {
  /** From 1. */
  readonly line: number;
  /** The character in the line, from 1. */
  readonly character: number;
  /** `expected "," or "}", received the end of the text`. */
  readonly reason: string;
}

type Token = "[" | "]" | "{" | "}" | "," | ":" | "string" | "scalar";
type State = "value" | "firstItem" | "item" | "firstName" | "name" | "colon" | "property" | "end";

interface Rule {
  /** The tokens that can follow, for messages. */
  readonly expected: string;
  /** Token → the next state; "done" after the last token of a value. */
  readonly next: Readonly<Partial<Record<Token, State | "done">>>;
}

const VALUE = { string: "done", scalar: "done", "[": "firstItem", "{": "firstName" } as const;
const NAME = "a property name in double quotes";

const RULES: Readonly<Record<State, Rule>> = {
  value: { expected: "a value", next: VALUE },
  firstItem: { expected: 'a value or "]"', next: { ...VALUE, "]": "done" } },
  item: { expected: '"," or "]"', next: { ",": "value", "]": "done" } },
  firstName: { expected: `${NAME} or "}"`, next: { string: "colon", "}": "done" } },
  name: { expected: NAME, next: { string: "colon" } },
  colon: { expected: '":"', next: { ":": "value" } },
  property: { expected: '"," or "}"', next: { ",": "name", "}": "done" } },
  end: { expected: "the end", next: {} },
};

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const PLAIN = /[^"\\\0-\x1f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const WORD = /[\w.+-]{1,20}|[\s\S]/uy;

/**
 * `line 2, character 8: expected a value, received "}"` of a text that JSON.parse rejected, whose errors have no position;
 * without the line if the text is one.
 */
export function jsonProblemText(text: string): string {
  const problem = findJsonProblem(text);
  if (problem === undefined) return "it is too deeply nested";
  const { line, character, reason } = problem;
  return `${text.includes("\n") ? `line ${line}, ` : ""}character ${character}: ${reason}`;
}

/** The first problem of a text; undefined for JSON. */
function findJsonProblem(text: string): JsonProblem | undefined {
  const open: ("[" | "{")[] = [];
  let state: State = "value";
  for (let at = skip(SPACE, text, 0); at < text.length || state !== "end"; at = skip(SPACE, text, at)) {
    const { expected, next }: Rule = RULES[state];
    const token = tokenAt(text, at);
    const following: State | "done" | undefined = token && next[token];
    if (following === undefined) return problemOf(text, at, expected);
    if (token === "string") {
      const end = stringEnd(text, at);
      if (typeof end !== "number") return end;
      at = end;
    } else at = token === "scalar" ? skip(SCALAR, text, at) : at + 1;
    if (token === "[" || token === "{") open.push(token);
    if (token === "]" || token === "}") open.pop();
    state = following === "done" ? stateAfterValue(open) : following;
  }
  return undefined;
}

function tokenAt(text: string, at: number): Token | undefined {
  const char = text[at] ?? "";
  if (char === '"') return "string";
  if (char !== "" && "[]{},:".includes(char)) return char as Token;
  return skip(SCALAR, text, at) > at ? "scalar" : undefined;
}

function stateAfterValue(open: readonly ("[" | "{")[]): State {
  const last = open.at(-1);
  return last === undefined ? "end" : last === "[" ? "item" : "property";
}

// Long strings are skipped piece by piece, because one pattern for all of a string would remember every character.
function stringEnd(text: string, start: number): number | JsonProblem {
  let at = skip(PLAIN, text, start + 1);
  for (; text[at] === "\\"; at = skip(PLAIN, text, at)) {
    const next = skip(ESCAPE, text, at);
    if (next === at) return problemOf(text, at, String.raw`an escape such as "\n" or "\u00e9"`);
    at = next;
  }
  return text[at] === '"' ? at + 1 : problemOf(text, at, "the closing quote of a string");
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

function problemOf(text: string, at: number, expected: string): JsonProblem {
  const before = text.slice(0, at).split("\n");
  const received =
    at === text.length ? "the end of the text" : JSON.stringify(text.slice(at, skip(WORD, text, at)));
  return {
    line: before.length,
    character: [...before.at(-1)!].length + 1,
    reason: `expected ${expected}, received ${received}`,
  };
}
