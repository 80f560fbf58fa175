import type { SqlHandle } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName, WithIncluded } from "../schema/tables.ts";
import { countSql } from "../statements/count-sql.ts";
import type { Include, IncludeOption } from "../statements/include.ts";
import { type PageOptions, type PageStatement, pageSql } from "../statements/page-sql.ts";
import { includeRows } from "./include-rows.ts";
import { parseCursor, printCursor } from "./page-token.ts";
import { dropColumns, includePlan, oneView, optionsWith } from "./read.ts";
import { type RunOptions, run, runValue } from "./run.ts";

/** Options of `page`. */
export interface PageRowsOptions<Row, Column extends string> extends PageOptions<Row, Column>, RunOptions {
  /** The page that follows a cursor: `next` of another page. */
  readonly after?: string | null;
  /** The page that comes before a cursor: `previous` of another page. */
  readonly before?: string | null;
  /** Signs the cursors, so that nobody can make one. */
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

/** A page, with the number of all rows where it was asked for. */
export type PageOf<Row, Options> = Options extends { readonly total: true }
  ? Page<Row> & { readonly total: number }
  : Page<Row>;

type PlainRow = Record<string, unknown>;

/**
 * A page of rows by keyset: it begins where another ended, however many rows come before it and whatever was inserted
 * or deleted meanwhile.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name; it needs a key, which breaks ties
 * @param options order and number of rows, the cursor, `include`, `total`; the other options are the same on each page
 * @returns `{ rows, next, previous }`, with `total` when asked for, all of one view of the data
 * @throws CursorError for a cursor that was changed or belongs to another query; ArgumentError; UnknownNameError; QueryError
 * @example `await page(sql, schema, "genre", { limit: 2, select: ["name"] })` sends
 * `SELECT "genre"."name", "genre"."genre_id"::text AS "position1" FROM "public"."genre" ORDER BY "genre"."genre_id" LIMIT $1::text::int8`
 */
export async function page<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Wanted extends Include = Record<never, never>,
  const Options extends { readonly total?: boolean } = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: Options & PageRowsOptions<FilterOf<Tables, Name>, Column> & IncludeOption<Tables, Name, Wanted>,
): Promise<PageOf<WithIncluded<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted>, Options>> {
  const include = includePlan(schema, table, options);
  const given = optionsWith(options, include) as PageRowsOptions<never, string>;
  const statement = pageStatement(schema, table, given);
  const counting = options.total ? countSql(schema, table, options) : undefined;
  const read = async (view: SqlHandle): Promise<[Page<PlainRow>, unknown]> => {
    const [rows, total] = await Promise.all([
      run(view, statement, options),
      counting && runValue(view, counting, options),
    ]);
    const found = pageOf(rows, statement, options);
    if (include !== undefined) {
      await includeRows({ sql: view, schema, options }, include.plan, found.rows, include.nodes);
      dropColumns(found.rows, include.hidden);
    }
    return [found, total];
  };
  const isOne = include === undefined && counting === undefined;
  const [found, total] = isOne ? await read(sql) : await oneView(sql, {}, read);
  return (counting === undefined ? found : { ...found, total: Number(total) }) as never;
}

function pageStatement(
  schema: AnySchema,
  table: string,
  options: PageRowsOptions<never, string>,
): PageStatement {
  const { after, before, secret } = options;
  if (after && before)
    throw new ArgumentError(`${table}: a page comes after a cursor or before one, not both`);
  const cursor = after || before;
  return pageSql(schema, table, options, (query, columns) =>
    cursor
      ? {
          direction: after ? "after" : "before",
          position: parseCursor(cursor, query, columns.length, secret),
        }
      : undefined,
  );
}

interface Wanted {
  readonly limit: number;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly secret?: string;
}

function pageOf(found: PlainRow[], { positions, query }: PageStatement, options: Wanted): Page<PlainRow> {
  const { limit, after, before, secret } = options;
  const hasMore = found.length > limit;
  const rows = hasMore ? found.slice(0, limit) : found;
  if (before) rows.reverse();
  const cursorOf = (row: PlainRow): string =>
    printCursor(
      query,
      { texts: positions.map(name => row[name] as string | null), isInclusive: false },
      secret,
    );
  const [first, last] = [rows[0], rows.at(-1)];
  const next = last !== undefined && (before || hasMore) ? cursorOf(last) : null;
  const previous = first !== undefined && (after || (before && hasMore)) ? cursorOf(first) : null;
  dropColumns(rows, positions);
  return {
    rows,
    ...emptyPage(rows, options, query, positions.length),
    ...(first && { next, previous }),
  } as Page<PlainRow>;
}

// Beyond the last row, or before the first: the way back begins with the row of the cursor itself.
function emptyPage(
  rows: readonly PlainRow[],
  { after, before, secret }: Wanted,
  query: string,
  columns: number,
): Omit<Page<PlainRow>, "rows"> {
  const cursor = after || before;
  if (rows.length > 0 || !cursor) return { next: null, previous: null };
  const { texts } = parseCursor(cursor, query, columns, secret);
  const back = printCursor(query, { texts, isInclusive: true }, secret);
  return { next: before ? back : null, previous: after ? back : null };
}
