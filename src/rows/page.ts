import type { SqlHandle } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";
import { requireOptions } from "../schema/arguments.ts";
import type { WithIncluded } from "../schema/included.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, SortName, TableName } from "../schema/tables.ts";
import type { Alias, AnyAlias } from "../statements/alias.ts";
import { countSql } from "../statements/count-sql.ts";
import type { Include, IncludeOption } from "../statements/include.ts";
import type { PageColumn, Position } from "../statements/page-position.ts";
import {
  checkedPageSql,
  PAGE_OPTIONS,
  type PageOptions,
  type PageStart,
  type PageStatement,
  type TokenQuery,
} from "../statements/page-sql.ts";
import { nestedRead } from "./include-rows.ts";
import { knownPage, knownPageStatement, rememberPage } from "./known-page.ts";
import { pageSeal, requireSecret, type Seal } from "./page-seal.ts";
import { parsePageToken, printPageToken } from "./page-token.ts";
import { positionTexts } from "./position-texts.ts";
import { dropColumns, includePlan, optionsWith } from "./read.ts";
import type { WithComputed } from "./rows-where.ts";
import { type RunOptions, runRead } from "./run.ts";
import { countOf, runTogether } from "./run-together.ts";

/** Options of `page`. */
export interface PageRowsOptions<
  Row,
  Item extends string | AnyAlias,
  Sort extends string = keyof Row & string,
> extends PageOptions<Row, Item, Sort>,
    RunOptions {
  /** A page token for the following page: `next` of a page. */
  readonly after?: string | null;
  /** A page token for the preceding page: `previous` of a page. */
  readonly before?: string | null;
  /** Signs the page tokens, so that clients cannot forge them. */
  readonly secret?: string;
  /** Also counts the rows of all pages. */
  readonly total?: boolean;
}

/** A page of rows. */
export interface Page<Row> {
  readonly rows: Row[];
  /** For `after`; null on the last page. */
  readonly next: string | null;
  /** For `before`; null on the first page. */
  readonly previous: string | null;
}

/** A page, with the number of all rows for `total: true`. */
export type PageOf<Row, Options> = Options extends { readonly total: true }
  ? Page<Row> & { readonly total: number }
  : Page<Row>;

type PlainRow = Record<string, unknown>;

/**
 * Returns a page of rows by keyset: it continues after a page token, even if rows were inserted or deleted in between. With an
 * index on the columns of the order every page costs the same.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name; it must have a key, which breaks ties
 * @param options the order, also by columns of a row that the row refers to (`artist.name`), and number of rows, the page
 * token, `alias` for computed columns, `include`, `total`; all but the token must be the same
 * for every page
 * @returns `{ rows, next, previous }`, with `total` if requested, all from the same state of the data
 * @throws CursorError if the page token was changed or belongs to a different query; ArgumentError; UnknownNameError; QueryError
 * @example `await page(sql, schema, "genre", { limit: 2, select: ["name"] })` sends
 * `SELECT "genre"."name", "genre"."genre_id"::text AS "position1" FROM "public"."genre" ORDER BY "genre"."genre_id" LIMIT 3`
 */
export async function page<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Wanted extends Include = Record<never, never>,
  const Options extends { readonly total?: boolean } = Record<never, never>,
  const Computed extends string = never,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: Options &
    PageRowsOptions<FilterOf<Tables, Name>, Column | Alias<Computed, Column>, SortName<Tables, Name>> &
    IncludeOption<Tables, Name, Wanted>,
): Promise<
  PageOf<WithIncluded<WithComputed<RowOf<Tables, Name>, Column, Computed>, Tables, Name, Wanted>, Options>
> {
  requireOptions("page", options ?? null, PAGE_OPTIONS);
  requireSecret("page", options);
  const include = includePlan(schema, table, options);
  // A copy, because the caller can change its object before the answer arrives.
  const given = { ...optionsWith(options, include) } as PageRowsOptions<never, string | AnyAlias, string>;
  const counting = options.total ? countSql(schema, table, { where: options.where } as never) : undefined;
  const statement =
    include === undefined && counting === undefined
      ? pageStatement(schema, table, given)
      : builtStatement(include?.schema ?? schema, table, given).statement;
  const reading = include ? nestedRead(schema, { ...include, statement }, include.nodes) : statement;
  const [rows, counted] =
    counting === undefined
      ? [await runRead(sql, reading, options)]
      : await runTogether(sql, [reading, counting], options);
  const found = pageOf(rows!, statement, given, pageSeal(schema, given.secret));
  return (counted === undefined ? found : { ...found, total: countOf(counted) }) as never;
}

type StatementOptions = PageRowsOptions<never, string | AnyAlias, string>;

/** The statement of a page that is sent alone; that of an earlier page if the calls differ only in the token. */
function pageStatement(schema: AnySchema, table: string, options: StatementOptions): PageStatement {
  const { where, select, orderBy, limit } = options;
  // The builder rejects a limit that is not a number; here "2" would find the pages of 2.
  if (where !== undefined || select !== undefined || !isName(orderBy) || typeof limit !== "number")
    return builtStatement(schema, table, options).statement;
  const known = knownPage(schema, table, orderBy, limit);
  const start = known && startOf({ schema, table, options }, known.query, known.columns);
  const found = known && knownPageStatement(known, start);
  if (found !== undefined) return found;
  const built = builtStatement(schema, table, options);
  rememberPage(schema, table, { orderBy, limit }, built);
  return built.statement;
}

function builtStatement(
  schema: AnySchema,
  table: string,
  options: StatementOptions,
): { readonly statement: PageStatement; readonly columns: readonly PageColumn[] } {
  const { where, select, orderBy, limit } = options;
  let columns: readonly PageColumn[] = [];
  const page = { where, select, orderBy, limit } as PageOptions<never, string | AnyAlias, string>;
  const statement = checkedPageSql(schema, table, page, (query, ordered) => {
    columns = ordered;
    return startOf({ schema, table, options }, query, ordered);
  });
  return { statement, columns };
}

interface PageContext {
  readonly schema: AnySchema;
  readonly table: string;
  readonly options: StatementOptions;
}

/** The start of a page by its token; undefined for the first page. */
function startOf(
  { schema, table, options: { after, before, secret } }: PageContext,
  query: TokenQuery,
  columns: readonly PageColumn[],
): PageStart | undefined {
  if (isGiven(after) && isGiven(before))
    throw new ArgumentError(`${table}: after and before cannot be combined; pass one of them`);
  const token = after ?? before;
  // Only the end of the pages is null: an empty string is not a token, and must not mean the first page again.
  if (!isGiven(token)) return undefined;
  const textsOf = (texts: Position["texts"]) => positionTexts(schema, columns, texts);
  const position = parsePageToken(token, query, textsOf, pageSeal(schema, secret));
  return { direction: isGiven(after) ? "after" : "before", position };
}

function isName(orderBy: unknown): orderBy is string | undefined {
  return orderBy === undefined || typeof orderBy === "string";
}

function isGiven<Token>(token: Token | null | undefined): token is Token {
  return token != null;
}

interface Wanted {
  readonly limit: number;
  readonly after?: string | null;
  readonly before?: string | null;
}

function pageOf(
  rows: PlainRow[],
  { positions, hidden, query, start }: PageStatement,
  { limit, after, before }: Wanted,
  seal: Seal,
): Page<PlainRow> {
  const hasMore = rows.length > limit;
  if (hasMore) rows.pop();
  if (before) rows.reverse();
  if (rows.length === 0) return emptyPage(query, start, seal);
  const [first, last] = [rows[0]!, rows.at(-1)!];
  const tokenOf = (row: PlainRow): string =>
    printPageToken(query, { texts: positions.map(name => textOf(row[name])), isInclusive: false }, seal);
  const next = before || hasMore ? tokenOf(last) : null;
  const previous = after || (before && hasMore) ? tokenOf(first) : null;
  dropColumns(rows, hidden);
  return { rows, next, previous };
}

function textOf(value: unknown): string | null {
  return value === null ? null : String(value);
}

// Past the last or the first row, the page in the other direction starts with the row of the token itself.
function emptyPage(query: TokenQuery, start: PageStart | undefined, seal: Seal): Page<PlainRow> {
  if (start === undefined) return { rows: [], next: null, previous: null };
  const back = printPageToken(query, { ...start.position, isInclusive: true }, seal);
  const isBefore = start.direction === "before";
  return { rows: [], next: isBefore ? back : null, previous: isBefore ? null : back };
}
