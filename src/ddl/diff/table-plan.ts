import { quoteIdentifier } from "../../schema/quote.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
import { inOrderOfNeed } from "./matched.ts";
import { isReplacedType } from "./type-plan.ts";

/** A column that ALTER TABLE adds behind the others, with the values of `before`. */
export interface AppendedColumn {
  readonly after: Column;
  readonly before: Column | undefined;
}

export interface ColumnChange {
  readonly before: Column;
  readonly after: Column;
}

/** What happens to the columns of a table that stays. */
export interface TablePlan {
  readonly before: Relation;
  readonly after: Relation;
  /** In their place, whatever else changes of them. */
  readonly kept: readonly ColumnChange[];
  /** Of these those with another type. */
  readonly retyped: readonly ColumnChange[];
  /** Gone, or made anew without the values. */
  readonly dropped: readonly Column[];
  readonly appended: readonly AppendedColumn[];
  /** Names of the columns that what is made of columns cannot outlive: dropped, retyped, moved. */
  readonly touched: ReadonlySet<string>;
}

/** What the plan of a table has to know besides the table. */
export interface TableContext {
  readonly to: AnySchema;
  readonly replaced: ReadonlySet<string>;
  /** Whether columns move to where the other snapshot has them. */
  readonly columnOrder: boolean;
}

export function tablePlan(context: TableContext, before: Relation, after: Relation): TablePlan {
  const pairs = after.columns.flatMap(column => {
    const old = before.columns.find(({ name }) => name === column.name);
    return old === undefined ? [] : [{ before: old, after: column }];
  });
  const isRetyped = ({ before: old, after: now }: ColumnChange): boolean =>
    old.type !== now.type ||
    old.typeKey !== now.typeKey ||
    old.collation !== now.collation ||
    isReplacedType(context.to, context.replaced, now.typeKey);
  const retyped = new Set(pairs.filter(isRetyped).map(pair => pair.after.name));
  const staying = stayingColumns(context, before, after, pairs, retyped);
  const kept = pairs.filter(pair => staying.has(pair.after.name));
  const appended = inOrderOfUse(after.columns.filter(({ name }) => !staying.has(name))).map(column => ({
    after: column,
    before: copied(pairs, column),
  }));
  return {
    before,
    after,
    kept,
    retyped: kept.filter(({ after: now }) => retyped.has(now.name)),
    dropped: before.columns.filter(
      ({ name }) => !staying.has(name) && !appended.some(({ before: old }) => old?.name === name),
    ),
    appended,
    touched: touchedColumns(before, staying, retyped),
  };
}

/** Whether an expression may use one of the columns: PostgreSQL prints a name as it is, or in quotes. */
export function mentions(expression: string | null, columns: ReadonlySet<string>): boolean {
  return expression !== null && [...columns].some(name => mentionsName(expression, name));
}

function mentionsName(expression: string, name: string): boolean {
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) return expression.includes(quoteIdentifier(name));
  return new RegExp(`(?<![\\w$])${name}(?![\\w$])`).test(expression);
}

function stayingColumns(
  context: TableContext,
  before: Relation,
  after: Relation,
  pairs: readonly ColumnChange[],
  retyped: ReadonlySet<string>,
): ReadonlySet<string> {
  let staying = new Set(
    pairs
      .filter(pair => !isMadeAnew(context.to, pair, retyped.has(pair.after.name)))
      .map(pair => pair.after.name),
  );
  for (;;) {
    const size = staying.size;
    if (context.columnOrder) staying = inPlace(before, after, staying);
    const touched = touchedColumns(before, staying, retyped);
    for (const { before: old, after: now } of pairs)
      if (mentions(old.generationExpression, touched) || mentions(now.generationExpression, touched))
        if (now.generated !== null) staying.delete(now.name);
    if (staying.size === size) return staying;
  }
}

// A generated column has no values of its own; PostgreSQL makes none of a plain one, and lets the expression change from 17 on.
function isMadeAnew(to: AnySchema, { before, after }: ColumnChange, isRetyped: boolean): boolean {
  if (after.generated === null) return before.generated === "virtual";
  if (before.generated !== after.generated || isRetyped) return true;
  return before.generationExpression !== after.generationExpression && to.serverVersionNum < 170_000;
}

/** Those that are the first columns on both sides. */
function inPlace(before: Relation, after: Relation, staying: ReadonlySet<string>): Set<string> {
  const order = before.columns.filter(({ name }) => staying.has(name));
  const end = after.columns.findIndex(({ name }, index) => order[index]?.name !== name);
  return new Set(after.columns.slice(0, end === -1 ? undefined : end).map(({ name }) => name));
}

// A generated column can be added once the columns of its expression are there.
function inOrderOfUse(columns: readonly Column[]): readonly Column[] {
  return inOrderOfNeed(columns, ({ generationExpression }) =>
    columns.filter(({ name }) => mentions(generationExpression, new Set([name]))),
  );
}

function touchedColumns(
  before: Relation,
  staying: ReadonlySet<string>,
  retyped: ReadonlySet<string>,
): ReadonlySet<string> {
  return new Set(
    before.columns.map(({ name }) => name).filter(name => !staying.has(name) || retyped.has(name)),
  );
}

function copied(pairs: readonly ColumnChange[], column: Column): Column | undefined {
  const old = pairs.find(({ after }) => after === column)?.before;
  return column.generated !== null || old?.generated === "virtual" ? undefined : old;
}
