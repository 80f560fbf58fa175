// The statements of pages of all rows with all columns: the requests for the pages of a list differ only in the token.
import { type Labels, parameterColumns, withColumns } from "../driver/statement.ts";
import { requireSnapshot } from "../schema/arguments.ts";
import { derive } from "../schema/derived.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { PageColumn, Position } from "../statements/page-position.ts";
import type { PageStart, PageStatement, TokenQuery } from "../statements/page-sql.ts";
import { isEmptyScope, MAX_SHAPES } from "../statements/statement.ts";

interface KnownStatement {
  readonly built: Omit<PageStatement, "params" | "query" | "start">;
  readonly labels: Labels;
}

/** The pages of a table in an order and with a limit. */
export interface KnownPage {
  readonly query: TokenQuery;
  readonly columns: readonly PageColumn[];
  readonly statements: Map<PageStart["direction"] | "first", KnownStatement>;
}

const knownPages = derive((schema: AnySchema) => {
  requireSnapshot(schema);
  return new Map<string, Map<string, KnownPage>>();
});

/** The pages of an earlier call with the same order and limit. */
export function knownPage(
  schema: AnySchema,
  table: string,
  orderBy: string | undefined,
  limit: number,
): KnownPage | undefined {
  return knownPages(schema).get(table)?.get(pageName(orderBy, limit));
}

function pageName(orderBy: string | undefined, limit: number): string {
  return orderBy === undefined ? String(limit) : `${limit} ${orderBy}`;
}

/** The statement of an earlier page in the same direction; undefined without one, and for a position that needs a different text. */
export function knownPageStatement(
  { query, statements }: KnownPage,
  start: PageStart | undefined,
): PageStatement | undefined {
  const known = statements.get(start?.direction ?? "first");
  if (known === undefined || (start !== undefined && !isPlain(start.position))) return undefined;
  const texts = start === undefined ? [] : [...(start.position.texts as readonly string[])];
  return { ...known.built, params: withColumns(texts, known.labels), query, start };
}

function isPlain({ texts, isInclusive }: Position): boolean {
  if (isInclusive) return false;
  for (let at = 0; at < texts.length; at++) if (texts[at] === null) return false;
  return true;
}

/** Remembers the statement of a page if its only parameters are the texts of its position: a large limit is one too. */
export function rememberPage(
  schema: AnySchema,
  table: string,
  { orderBy, limit }: { readonly orderBy: string | undefined; readonly limit: number },
  { columns, statement }: { readonly columns: readonly PageColumn[]; readonly statement: PageStatement },
): void {
  const { query, start, params, ...built } = statement;
  if (!isEmptyScope(schema.scope) || (start !== undefined && !isPlain(start.position))) return;
  if (params.length !== (start?.position.texts.length ?? 0)) return;
  const ofTable = knownPages(schema).get(table) ?? new Map<string, KnownPage>();
  knownPages(schema).set(table, ofTable);
  if (ofTable.size >= MAX_SHAPES) ofTable.clear();
  const name = pageName(orderBy, limit);
  const known = ofTable.get(name) ?? { query, columns, statements: new Map() };
  ofTable.set(name, known);
  known.statements.set(start?.direction ?? "first", { built, labels: parameterColumns(params) });
}
