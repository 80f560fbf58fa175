import type { Relation } from "../schema/snapshot.ts";

/** A name in printed SQL that can be a column's, with the table name or alias before its dot. */
export interface ColumnReference {
  readonly qualifier: string | null;
  readonly name: string;
}

interface Token {
  readonly kind: "name" | "quoted" | "other";
  /** A name without its quotes; anything else as printed. */
  readonly text: string;
}

const TOKEN =
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"((?:[^"]|"")*)"|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|\d[\w.]*|::|\S/g;

/** Whether an expression that PostgreSQL printed may read one of the columns. */
export function mentions(sql: string | null, columns: ReadonlySet<string>): boolean {
  return sql !== null && columnReferences(sql).some(({ name }) => columns.has(name));
}

/** Whether a view's query that PostgreSQL printed may read one of a table's columns. */
export function readsColumns(
  query: string | null,
  table: Pick<Relation, "name" | "columns">,
  columns: ReadonlySet<string>,
): boolean {
  if (query === null) return false;
  const { qualifiers, names } = namesInQuery(query, table, columns);
  return columnReferences(query).some(
    ({ qualifier, name }) => names.has(name) && (qualifier === null || qualifiers.has(qualifier)),
  );
}

/** The table's own name and aliases in a query, and the columns' own names and aliases: `b x(id, name)`. */
function namesInQuery(
  query: string,
  { name, columns }: Pick<Relation, "name" | "columns">,
  wanted: ReadonlySet<string>,
): { readonly qualifiers: ReadonlySet<string>; readonly names: ReadonlySet<string> } {
  const tokens = tokensOf(query);
  const qualifiers = new Set([name]);
  const names = new Set(wanted);
  for (const [at, { text }] of tokens.entries()) {
    if (!isName(tokens[at]) || !isName(tokens[at - 1]) || tokens[at - 1]!.text !== name) continue;
    qualifiers.add(text);
    if (!isText(tokens[at + 1], "(")) continue;
    const aliases = tokens.slice(at + 2, closingEnd(tokens, at + 1) - 1).filter(isName);
    for (const [index, alias] of aliases.entries())
      if (wanted.has(columns[index]?.name ?? "")) names.add(alias.text);
  }
  return { qualifiers, names };
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
  if (isName(before) || isText(before, "AS", "COLLATE", "JOIN") || isText(tokens[start - 2], "EXTRACT"))
    return false;
  return !isText(tokens[end], "(") && isName(tokens[end - 1]);
}

function referenceOf(tokens: readonly Token[], start: number, end: number): ColumnReference {
  return {
    qualifier: end - start > 1 ? tokens[end - 3]!.text : null,
    name: tokens[end - 1]!.text,
  };
}

/** `b(id, name)` after FROM renames the columns of a table. */
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
