import { desc, type Order, type Relation } from "../index.ts";
import { UsageError } from "./failure.ts";

/**
 * The column names of `--select` and `--key`: `name,unit_price`. As in SQL and CSV, a name in double quotes may contain
 * commas and begin with spaces: `id,"last, first"`.
 */
export function columnList(text: string): readonly string[] {
  return columnItems(text).map(({ sign, name }) => `${sign}${name}`);
}

/** The columns of `--order`: `name,-milliseconds`. A minus means descending, unless a column's name begins with it. */
export function orderList(relation: Relation, text: string): readonly (string | Order)[] {
  const names = new Set(relation.columns.map(({ name }) => name));
  return columnItems(text).map(({ sign, name, isQuoted }) => {
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
}

const ITEM = /,\s*(?:(?<sign>-?)"(?<quoted>(?:[^"]|"")*)"\s*(?=,|$)|(?<plain>[^,]*))/g;

function columnItems(text: string): readonly ColumnItem[] {
  return [...`,${text}`.matchAll(ITEM)].map(({ groups = {} }) => {
    const { sign = "", quoted, plain = "" } = groups;
    return quoted === undefined
      ? { sign, name: plain.trim(), isQuoted: false }
      : { sign, name: quoted.replaceAll('""', '"'), isQuoted: true };
  });
}

// In SQL the direction follows the column.
function requireNoDirection(name: string): void {
  const [, column, direction = ""] = /^(.*\S)\s+(asc|desc)$/i.exec(name) ?? [];
  if (column === undefined) return;
  const wanted = direction.toLowerCase() === "desc" ? `-${column}` : column;
  throw new UsageError(`--order must be columns, with a leading - for descending; write --order=${wanted}`);
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
