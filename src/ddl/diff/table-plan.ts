import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Column, Relation, RelationName } from "../../schema/snapshot.ts";
import { mentions } from "../expression-columns.ts";
import { positionalTables } from "./column-positions.ts";
import { dependencyOrder } from "./compare.ts";
import { isGeneratedFromLost, type LostParts, lostParts, usesLost } from "./lost-parts.ts";
import { isReplacedType, type TypePlan } from "./type-plan.ts";

/** A column that ALTER TABLE adds at the end, with the values of `before`. */
export interface AppendedColumn {
  readonly after: Column;
  readonly before: Column | undefined;
}

export interface ColumnChange {
  readonly before: Column;
  readonly after: Column;
}

/** Facts about a change that a comparison of the two tables does not show. */
export interface TableHints {
  /** Old name → new name; `before` has the new names. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Column → the expression that converts its values to the new type, if a cast does not. */
  readonly conversions: ReadonlyMap<string, string>;
  /** Whether everything that depends on a dropped column or constraint is dropped too. */
  readonly cascade: boolean;
}

export const NO_HINTS: TableHints = { renamed: new Map(), conversions: new Map(), cascade: false };

/** The changes of the columns of a table that exists in both snapshots. */
export interface TablePlan extends TableHints {
  readonly before: Relation;
  readonly after: Relation;
  /** The columns that keep their place; other attributes may change. */
  readonly kept: readonly ColumnChange[];
  /** The kept columns with a different type. */
  readonly retyped: readonly ColumnChange[];
  /** The names of columns whose default has to be dropped first: ALTER TYPE would convert it differently from the values, or what it uses is dropped. */
  readonly withoutDefault: ReadonlySet<string>;
  /** Dropped columns, and columns that are recreated without their values. */
  readonly dropped: readonly Column[];
  readonly appended: readonly AppendedColumn[];
  /** The names of columns that are dropped, retyped or moved: views on them must be recreated. */
  readonly touched: ReadonlySet<string>;
  /** `touched` without columns of which only the length or precision changes, which PostgreSQL changes in keys too. */
  readonly rebuilt: ReadonlySet<string>;
}

/** The target snapshot, the replaced types and the options. */
export interface TableContext {
  readonly to: AnySchema;
  readonly replaced: ReadonlySet<string>;
  /** Whether the columns of a table move to their places in the other snapshot. */
  readonly columnOrder: (table: RelationName) => boolean;
  readonly lost: LostParts;
}

export function tableContext(
  from: AnySchema,
  to: AnySchema,
  types: TypePlan,
  columnOrder: boolean,
): TableContext {
  const positional = positionalTables(to);
  return {
    to,
    replaced: types.replaced,
    columnOrder: table => columnOrder || positional.has(relationId(table)),
    lost: lostParts(from, to, types),
  };
}

export function tablePlan(
  context: TableContext,
  before: Relation,
  after: Relation,
  hints: TableHints = NO_HINTS,
): TablePlan {
  const pairs = columnPairs(before, after);
  const retyped = new Set(pairs.filter(pair => isRetyped(context, pair)).map(pair => pair.after.name));
  const kept = keptColumns(context, { before, after, pairs, retyped });
  const isKept = ({ name }: Column): boolean => kept.has(name);
  const appended = creationOrder(after.columns.filter(column => !isKept(column))).map(column => ({
    after: column,
    before: sourceColumn(pairs, column),
  }));
  const moved = new Set(appended.map(column => column.before?.name));
  const converted = new Set(pairs.filter(pair => isConverted(context, pair)).map(pair => pair.after.name));
  return {
    ...hints,
    before,
    after,
    kept: pairs.filter(pair => isKept(pair.after)),
    retyped: pairs.filter(pair => isKept(pair.after) && retyped.has(pair.after.name)),
    withoutDefault: new Set(
      before.columns
        .filter(column => {
          const { name, default: value } = column;
          if (value === null) return false;
          return (isKept(column) && converted.has(name)) || usesLost(context.lost, before, value);
        })
        .map(({ name }) => name),
    ),
    dropped: before.columns.filter(column => !isKept(column) && !moved.has(column.name)),
    appended,
    touched: touchedColumns(before, kept, retyped),
    rebuilt: touchedColumns(before, kept, converted),
  };
}

function columnPairs(before: Relation, after: Relation): readonly ColumnChange[] {
  const old = new Map(before.columns.map(column => [column.name, column]));
  return after.columns.flatMap(column => {
    const existing = old.get(column.name);
    return existing === undefined ? [] : [{ before: existing, after: column }];
  });
}

function isRetyped({ to, replaced }: TableContext, { before, after }: ColumnChange): boolean {
  return (
    before.type !== after.type ||
    before.collation !== after.collation ||
    isReplacedType(to, replaced, after.typeKey)
  );
}

/** Whether more than the length or precision of the type changes. */
function isConverted({ to, replaced }: TableContext, { before, after }: ColumnChange): boolean {
  return (
    before.typeKey !== after.typeKey ||
    before.collation !== after.collation ||
    isReplacedType(to, replaced, after.typeKey)
  );
}

interface Columns {
  readonly before: Relation;
  readonly after: Relation;
  readonly pairs: readonly ColumnChange[];
  /** The names of columns with a different type. */
  readonly retyped: ReadonlySet<string>;
}

/** The names of columns that keep their place. Repeats until stable, because generated columns depend on others. */
function keptColumns(context: TableContext, { before, after, pairs, retyped }: Columns): ReadonlySet<string> {
  const candidates = pairs.filter(pair => !isRecreated(context, before, pair, retyped.has(pair.after.name)));
  let kept = new Set(candidates.map(pair => pair.after.name));
  for (;;) {
    const { size } = kept;
    if (context.columnOrder(after)) kept = commonStart(before, after, kept);
    const touched = touchedColumns(before, kept, retyped);
    for (const pair of pairs) if (isGeneratedFrom(pair, touched)) kept.delete(pair.after.name);
    if (kept.size === size) return kept;
  }
}

function isGeneratedFrom({ before, after }: ColumnChange, touched: ReadonlySet<string>): boolean {
  if (after.generated === null) return false;
  return mentions(before.generationExpression, touched) || mentions(after.generationExpression, touched);
}

// ALTER TABLE cannot make a column generated, and can change the expression since PostgreSQL 17. Before PostgreSQL 15 a column
// without its expression still depends on the functions in it: DROP FUNCTION would silently drop the column.
function isRecreated(
  { to, replaced, lost }: TableContext,
  table: Relation,
  { before, after }: ColumnChange,
  isRetyped: boolean,
): boolean {
  if (after.generated === null)
    return before.generated !== null && (before.generated === "virtual" || to.serverVersionNum < 150_000);
  if (before.generated !== after.generated || isReplacedType(to, replaced, after.typeKey)) return true;
  if (isGeneratedFromLost(lost, table, before.generationExpression)) return true;
  if (before.generationExpression === after.generationExpression) return false;
  // SET EXPRESSION does not support virtual columns of a table with checks.
  const isUnsupported = after.generated === "virtual" && table.checks.length > 0;
  return isRetyped || isUnsupported || to.serverVersionNum < 170_000;
}

/** The columns that come first in both snapshots. */
function commonStart(before: Relation, after: Relation, kept: ReadonlySet<string>): Set<string> {
  const order = before.columns.filter(({ name }) => kept.has(name));
  const end = after.columns.findIndex(({ name }, index) => order[index]?.name !== name);
  return new Set(after.columns.slice(0, end === -1 ? undefined : end).map(({ name }) => name));
}

// A generated column follows the columns of its expression.
function creationOrder(columns: readonly Column[]): readonly Column[] {
  return dependencyOrder(columns, ({ generationExpression }) =>
    columns.filter(({ name }) => mentions(generationExpression, new Set([name]))),
  );
}

function touchedColumns(
  before: Relation,
  kept: ReadonlySet<string>,
  retyped: ReadonlySet<string>,
): ReadonlySet<string> {
  return new Set(before.columns.map(({ name }) => name).filter(name => !kept.has(name) || retyped.has(name)));
}

/** The column whose values an appended column gets. */
function sourceColumn(pairs: readonly ColumnChange[], column: Column): Column | undefined {
  const old = pairs.find(({ after }) => after === column)?.before;
  return column.generated !== null || old?.generated === "virtual" ? undefined : old;
}
