// PostgreSQL moves the cast of an array constructor to its elements when it reads its own text again:
// (ARRAY['a'::character varying])::text[] becomes ARRAY[('a'::character varying)::text].

const STRING = /E'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"/y;
const WORDS = new RegExp(`${STRING.source}|[\\w$\u0080-\uffff]+\\[?`, "g");
const CAST = /::((?:"(?:[^"]|"")*"|[\w$.\u0080-\uffff ]+|\(\d+(?:,\s*-?\d+)?\))+)\[\]/y;

const REPRINTED: Readonly<Record<string, string>> = {
  // The list of a view that consists of VALUES becomes a subquery, which is printed with a space.
  "(VALUES (": "( VALUES (",
  // A NULL without a type in the SELECT of a rule gets a name.
  "NULL::unknown AS unknown": "NULL::unknown",
};
const STRING_OR_REPRINTED = new RegExp(
  [STRING.source, ...Object.keys(REPRINTED).map(RegExp.escape)].join("|"),
  "g",
);

/** An expression that PostgreSQL printed, in the form that it has after it was executed and printed any number of times. */
export function normalExpression(sql: string): string {
  let text = Object.keys(REPRINTED).some(part => sql.includes(part))
    ? sql.replaceAll(STRING_OR_REPRINTED, part => REPRINTED[part] ?? part)
    : sql;
  // From the last array to the first, because a change moves what follows.
  for (const start of arrayStarts(text).reverse()) text = pushCasts(text, start);
  return text;
}

const NAME = '(?:"(?:[^"]|"")*"|[\\w$\u0080-\uffff]+)';
const STATISTICS = new RegExp(
  `^(CREATE STATISTICS ${NAME}(?:\\.${NAME})? (?:\\([a-z, ]+\\) )?ON )(${NAME}(?:, ${NAME}(?=, | FROM ))+)`,
);

/** The definition of a statistics object with its columns by name: PostgreSQL prints them in the order of the table. */
export function normalStatistics(sql: string): string {
  return sql.replace(
    STATISTICS,
    (_, head: string, columns: string) =>
      head + [...columns.matchAll(new RegExp(NAME, "g"))].map(String).toSorted().join(", "),
  );
}

function arrayStarts(sql: string): number[] {
  if (!sql.includes("ARRAY[")) return [];
  const words = sql.matchAll(WORDS);
  return words.flatMap(({ 0: word, index }) => (word === "ARRAY[" ? [index] : [])).toArray();
}

function pushCasts(sql: string, start: number): string {
  const elements = elementsOf(sql, start + "ARRAY[".length);
  if (elements === undefined) return sql;
  const { parts, end } = elements;
  const isInParentheses = sql[start - 1] === "(" && sql[end] === ")";
  CAST.lastIndex = isInParentheses ? end + 1 : end;
  const [cast, type] = CAST.exec(sql) ?? [];
  if (cast === undefined || type === undefined || parts.length === 0) return sql;
  const rest = sql.slice((isInParentheses ? end + 1 : end) + cast.length);
  const before = sql.slice(0, isInParentheses ? start - 1 : start);
  const casts = parts.map(part => castOf(part, type, isInParentheses));
  return pushCasts(`${before}ARRAY[${casts.join(", ")}]${rest}`, before.length);
}

function castOf(element: string, type: string, hasParentheses: boolean): string {
  const suffix = element.startsWith("ARRAY[") ? "[]" : "";
  const cast = hasParentheses ? `(${element})::${type}${suffix}` : `${element}::${type}${suffix}`;
  return suffix === "" ? cast : normalExpression(cast);
}

/** The elements after an opening bracket, and the index after the closing one. */
function elementsOf(
  sql: string,
  open: number,
): { readonly parts: readonly string[]; readonly end: number } | undefined {
  const parts: string[] = [];
  let depth = 0;
  let begin = open;
  for (let at = open; at < sql.length; ) {
    STRING.lastIndex = at;
    const character = sql[at]!;
    if (STRING.test(sql)) {
      at = STRING.lastIndex;
      continue;
    }
    if ((character === "]" && depth === 0) || (character === "," && depth === 0)) {
      if (at > begin) parts.push(sql.slice(begin, at).trim());
      begin = at + 1;
      if (character === "]") return { parts, end: at + 1 };
    } else if (character === "[" || character === "(") depth++;
    else if (character === "]" || character === ")") depth--;
    at++;
  }
  return undefined;
}
