import { type ColumnPlan, comparedSql, nullSql } from "./column-plan.ts";
import { NEVER } from "./equality-sql.ts";
import { type Binder, bind } from "./statement.ts";

/** A column of the order, and its direction. */
export interface PageColumn {
  /** The column; one of a related row has the name of the join of `page`, and may be NULL. */
  readonly column: ColumnPlan;
  /** `"album".`, or the alias of the join. */
  readonly prefix: string;
  /** The table that has the column. */
  readonly table: string;
  /** The path to a related row: `artist.name`. */
  readonly path?: string;
  readonly isDescending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * Whether no stored row has NULL in the column. NOT NULL is not enough: it may be NOT VALID or NO INHERIT, and the column of an
 * outer join can be NULL although its domain is not.
 */
export function isNeverNull({ column }: ColumnPlan): boolean {
  return column.nullOnRead === "never";
}

/** The position of a row in an order: PostgreSQL's text of each column, which is exact, unlike a JavaScript value. */
export interface Position {
  readonly texts: readonly (string | null)[];
  /** Whether the row itself belongs to the page. */
  readonly isInclusive: boolean;
}

/**
 * The conditions for rows after a position in the order, or before it: one, or two of which the rows of the second follow
 * those of the first. Leading columns of one direction are a row comparison, with which an index starts at the position
 * instead of reading all rows before it; other columns are compared one by one. An index cannot do so for NULLs and other
 * values at once, so these are two conditions.
 */
export function positionSql(
  binder: Binder,
  columns: readonly PageColumn[],
  { texts, isInclusive }: Position,
  isBackward: boolean,
): readonly string[] {
  const values = columns.map(({ column }, index) => {
    const text = texts[index] ?? null;
    return text === null ? null : bind(binder, text, column.filterCodec.castType, column);
  });
  const names = columns.map(({ column, prefix }) => comparedSql(column, prefix));
  const rest = restSql(columns[0]!, names[0]!, values[0]!, isBackward);
  const length = comparableLength(columns, values, isBackward, rest !== undefined);
  const [rows, position] = [names, values].map(list => rowSql(list.slice(0, length) as string[]));
  const sign = columns[0]!.isDescending === isBackward ? ">" : "<";
  if (length === columns.length)
    return withRest(`${rows} ${sign}${isInclusive ? "=" : ""} ${position}`, rest);
  const steps = columns.map((column, index) => {
    const equal = names.slice(0, index).map((name, at) => sameValueSql(columns[at]!, name, values[at]!));
    if (index === 0 && rest !== undefined)
      return values[0] === null ? "" : `${names[0]} ${sign} ${values[0]}`;
    return [...equal, beyondSql(names[index]!, values[index]!, column, isBackward)].join(" AND ");
  });
  const same = names.map((name, at) => sameValueSql(columns[at]!, name, values[at]!)).join(" AND ");
  const found = [...steps, ...(isInclusive ? [same] : [])].filter(step => step !== "");
  const beyond = found.length === 0 ? NEVER : `(${found.map(step => `(${step})`).join(" OR ")})`;
  return withRest(length === 0 ? beyond : `${rows} ${sign}= ${position} AND ${beyond}`, rest);
}

function withRest(condition: string, rest: string | undefined): readonly string[] {
  return rest === undefined ? [condition] : [condition, rest];
}

// The NULLs of the first column that follow its values, or the values that follow its NULLs. No index serves related rows.
function restSql(
  first: PageColumn,
  name: string,
  value: string | null,
  isBackward: boolean,
): string | undefined {
  if (first.path !== undefined || isNeverNull(first.column)) return undefined;
  const nullsAreBeyond = first.nullsFirst === isBackward;
  return nullsAreBeyond === (value === null) ? undefined : nullSql(first.column, name, nullsAreBeyond);
}

function rowSql(items: readonly string[]): string {
  return items.length === 1 ? items[0]! : `(${items.join(", ")})`;
}

// A row comparison is never true for a NULL, as is right if NULLs are on the other side of the position.
function comparableLength(
  columns: readonly PageColumn[],
  values: readonly (string | null)[],
  isBackward: boolean,
  hasRest: boolean,
): number {
  const { isDescending } = columns[0]!;
  const end = columns.findIndex(
    (column, index) =>
      column.isDescending !== isDescending ||
      values[index] === null ||
      (column.nullsFirst === isBackward && !isNeverNull(column.column) && !(index === 0 && hasRest)),
  );
  return end === -1 ? columns.length : end;
}

function sameValueSql({ column }: PageColumn, name: string, value: string | null): string {
  return value === null ? nullSql(column, name) : `${name} = ${value}`;
}

function beyondSql(
  name: string,
  value: string | null,
  { isDescending, nullsFirst, column }: PageColumn,
  isBackward: boolean,
): string {
  const nullsAreBeyond = nullsFirst === isBackward;
  if (value === null) return nullsAreBeyond ? NEVER : nullSql(column, name, false);
  const comparison = `${name} ${isDescending === isBackward ? ">" : "<"} ${value}`;
  return nullsAreBeyond && !isNeverNull(column) ? `(${comparison} OR ${nullSql(column, name)})` : comparison;
}
