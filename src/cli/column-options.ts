import { desc, type Order, type Relation } from "../index.ts";
import { UsageError } from "./failure.ts";

/**
 * The column names of `--select` and `--key`: `name,unit_price`. As in SQL and CSV, a name in double quotes may contain
 * commas and begin with spaces: `id,"last, first"`.
 */
export function columnList(text: string): readonly string[] {
  return columnItems(text).map(({ sign, name, direction }) => `${sign}${name}${direction}`);
}

/** The columns of `--order`: `name,-milliseconds`. A minus means descending, unless a column's name begins with it. */
export function orderList(relation: Relation, text: string): readonly (string | Order)[] {
  const names = new Set(relation.columns.map(({ name }) => name));
  return columnItems(text).map(({ sign, name, isQuoted, direction }) => {
    if (direction !== "") throw directionError(`"${name.replaceAll('"', '""')}"`, direction);
    if (isQuoted) return sign === "-" ? desc(name) : name;
    if (!names.has(name)) requireNoDirection(name);
    return name.startsWith("-") && !names.has(name) ? desc(name.slice(1)) : name;
  });
}

interface ColumnItem {
  /** What precedes a quoted name: a minus or nothing. */
  readonly sign: string;
  readonly name: string;
  readonly isQuoted: boolean;
  /** What follows a quoted name, as in SQL: ` desc`, ` asc` or nothing. */
  readonly direction: string;
}

const ITEM =
  /,\s*(?:(?<sign>-?)"(?<quoted>(?:[^"]|"")*)"(?<direction>\s+(?:asc|desc))?\s*(?=,|$)|(?<plain>[^,]*))/gi;

function columnItems(text: string): readonly ColumnItem[] {
  return [...`,${text}`.matchAll(ITEM)].map(({ groups = {} }) => {
    const { sign = "", quoted, direction = "", plain = "" } = groups;
    return quoted === undefined
      ? { sign, name: plain.trim(), isQuoted: false, direction }
      : { sign, name: quoted.replaceAll('""', '"'), isQuoted: true, direction };
  });
}

// In SQL the direction follows the column.
function requireNoDirection(name: string): void {
  const [, column, direction = ""] = /^(.*\S)\s+(asc|desc)$/i.exec(name) ?? [];
  if (column !== undefined) throw directionError(column, direction);
}

function directionError(column: string, direction: string): UsageError {
  const order = direction.trim().toLowerCase() === "desc" ? `-${column}` : column;
  const wanted = column.startsWith('"') ? `'${order.replaceAll("'", String.raw`'\''`)}'` : order;
  return new UsageError(`--order must be columns, with a leading - for descending; write --order=${wanted}`);
}

/** An argument that begins with a column name: `genre_id` and `=1` of `genre_id=1`. */
export interface ColumnArgument {
  readonly name: string;
  readonly rest: string;
}

/** The longest column name that the argument begins with, because a column may be named `a=b`. */
export function findColumnArgument(
  { columns }: Relation,
  text: string,
  isRest: (rest: string) => boolean,
): ColumnArgument | undefined {
  return columns
    .filter(({ name }) => text.startsWith(name))
    .map(({ name }) => ({ name, rest: text.slice(name.length) }))
    .toSorted((a, b) => b.name.length - a.name.length)
    .find(({ rest }) => isRest(rest));
}
