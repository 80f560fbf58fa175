/** A name in printed SQL that can be a column's, with the table name or alias before its dot. */
export interface ColumnReference {
  readonly qualifier: string | null;
  readonly name: string;
}

interface Token {
  readonly kind: "name" | "quoted" | "other";
  /** Without quotes; of anything but a name, as printed. */
  readonly text: string;
}

const TOKEN =
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"((?:[^"]|"")*)"|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|\d[\w.]*|::|\S/g;

/** Whether SQL that PostgreSQL printed may read one of the columns; `qualifiers` are the table's names in it. */
export function mentions(
  sql: string | null,
  columns: ReadonlySet<string>,
  qualifiers?: ReadonlySet<string>,
): boolean {
  return (
    sql !== null &&
    columnReferences(sql).some(
      ({ qualifier, name }) =>
        columns.has(name) && (qualifier === null || qualifiers === undefined || qualifiers.has(qualifier)),
    )
  );
}

/** The names in printed SQL that can be columns: not strings, keywords, functions, types, collations or aliases. */
export function columnReferences(sql: string): readonly ColumnReference[] {
  const tokens = tokensOf(sql);
  const references: ColumnReference[] = [];
  for (let at = 0; at < tokens.length; ) {
    if (tokens[at]!.text === "::") at = typeEnd(tokens, at + 1);
    else if (!isName(tokens[at])) at++;
    else {
      const end = nameEnd(tokens, at);
      if (isColumn(tokens, at, end)) references.push(referenceOf(tokens, at, end));
      at = isColumnAliasList(tokens, at, end) ? closingEnd(tokens, end) : end;
    }
  }
  return references;
}

/** The names under which a view's printed query knows a table: its own, and the aliases that follow that. */
export function tableAliases(sql: string, table: string): ReadonlySet<string> {
  const tokens = tokensOf(sql);
  const aliases = tokens.filter((token, at) => isName(token) && isTableName(tokens, at - 1, table));
  return new Set([table, ...aliases.map(({ text }) => text)]);
}

function isTableName(tokens: readonly Token[], at: number, table: string): boolean {
  return isName(tokens[at]) && tokens[at]!.text === table;
}

// PostgreSQL prints keywords in capitals, and quotes a name that is not in lower case; true and false are its exceptions.
function tokensOf(sql: string): readonly Token[] {
  return [...sql.matchAll(TOKEN)].map(([text, quoted, word]) => {
    if (quoted !== undefined) return { kind: "quoted", text: quoted.replaceAll('""', '"') };
    const isKeyword = word === undefined || /[A-Z]/.test(word) || word === "true" || word === "false";
    return { kind: isKeyword ? "other" : "name", text };
  });
}

function isName(token: Token | undefined): boolean {
  return token !== undefined && token.kind !== "other";
}

function isText(token: Token | undefined, ...texts: readonly string[]): boolean {
  return token?.kind === "other" && texts.includes(token.text);
}

/** The end of a name with dots: `schema.table.column`, or `table.*`. */
function nameEnd(tokens: readonly Token[], start: number): number {
  let end = start + 1;
  while (isText(tokens[end], ".") && (isName(tokens[end + 1]) || isText(tokens[end + 1], "*"))) end += 2;
  return end;
}

// A name directly after another is an alias or an operator class.
function isColumn(tokens: readonly Token[], start: number, end: number): boolean {
  const before = tokens[start - 1];
  if (isName(before) || isText(before, "AS", "COLLATE", "JOIN")) return false;
  if (isText(before, "(") && isText(tokens[start - 2], "EXTRACT")) return false;
  return !isText(tokens[end], "(") && isName(tokens[end - 1]);
}

function referenceOf(tokens: readonly Token[], start: number, end: number): ColumnReference {
  return {
    qualifier: end - start > 1 ? tokens[end - 3]!.text : null,
    name: tokens[end - 1]!.text,
  };
}

/** `b(id, name)` after FROM names the columns of a table anew. */
function isColumnAliasList(tokens: readonly Token[], start: number, end: number): boolean {
  const before = tokens[start - 1];
  return isText(tokens[end], "(") && (isName(before) || isText(before, ")", "AS", "WITH", "RECURSIVE"));
}

function closingEnd(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (isText(tokens[at], "(")) depth++;
    if (isText(tokens[at], ")") && --depth === 0) return at + 1;
  }
  return tokens.length;
}

/** The end of a type name: `public.mood`, `numeric(10,2)`, `timestamp(3) without time zone`. */
function typeEnd(tokens: readonly Token[], start: number): number {
  let end = nameEnd(tokens, start);
  const skipWords = (): void => {
    while (tokens[end]?.kind === "name") end++;
  };
  skipWords();
  if (isText(tokens[end], "(")) {
    end = closingEnd(tokens, end);
    skipWords();
  }
  return end;
}
