import { type ColumnPlan, comparedSql, nullSql } from "./column-plan.ts";
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
 * The condition for rows after a position in the order, or before it. If all columns have one direction and are NOT
 * NULL, it is one row comparison, which can use an index; otherwise it compares column by column.
 */
export function positionSql(
  binder: Binder,
  columns: readonly PageColumn[],
  { texts, isInclusive }: Position,
  isBackward: boolean,
): string {
  const values = columns.map(({ column }, index) => {
    const text = texts[index] ?? null;
    return text === null ? null : bind(binder, text, column.filterCodec.castType, column);
  });
  const names = columns.map(({ column, prefix }) => comparedSql(column, prefix));
  const [first] = columns;
  const isUniform = columns.every(
    ({ isDescending, column }) => isDescending === first!.isDescending && isNeverNull(column),
  );
  if (isUniform) {
    const operator = `${first!.isDescending === isBackward ? ">" : "<"}${isInclusive ? "=" : ""}`;
    return columns.length === 1
      ? `${names[0]} ${operator} ${values[0]}`
      : `(${names.join(", ")}) ${operator} (${values.join(", ")})`;
  }
  const steps = columns.map((column, index) => {
    const equal = names.slice(0, index).map((name, at) => sameValueSql(columns[at]!, name, values[at]!));
    return [...equal, beyondSql(names[index]!, values[index]!, column, isBackward)].join(" AND ");
  });
  const same = names.map((name, at) => sameValueSql(columns[at]!, name, values[at]!)).join(" AND ");
  return `(${[...steps, ...(isInclusive ? [same] : [])].map(step => `(${step})`).join(" OR ")})`;
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
  if (value === null) return nullsAreBeyond ? "false" : nullSql(column, name, false);
  const comparison = `${name} ${isDescending === isBackward ? ">" : "<"} ${value}`;
  return nullsAreBeyond && !isNeverNull(column) ? `(${comparison} OR ${nullSql(column, name)})` : comparison;
}
