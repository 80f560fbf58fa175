import { ScopeError } from "../errors.ts";
import { mayMention } from "../schema/quote.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { isDefaultText } from "./fragment.ts";
import type { RelationPlan } from "./relation-plan.ts";

/** Whether a column may be generated from another one. */
export function isGeneratedFrom(
  { column: { generationExpression } }: ColumnPlan,
  { column: { name } }: ColumnPlan,
): boolean {
  return generationExpression !== null && mayMention(generationExpression, name);
}

/** Whether a statement that writes these columns decides the value of a column. */
export function isDecidedBy(columns: readonly ColumnPlan[], column: ColumnPlan): boolean {
  return columns.some(one => one === column || isGeneratedFrom(column, one));
}

/** Whether a row without a value for the column has another value than NULL. */
export function hasDefault({ default: initial, column }: ColumnPlan): boolean {
  return column.generated !== null || column.identity !== null || initial !== null;
}

// The next value of a sequence is known only after the statement.
function isNumbered({ default: initial, column }: ColumnPlan): boolean {
  return column.identity !== null || initial?.includes("nextval(") === true;
}

/** The columns from which a column is generated, which are not generated themselves; otherwise the column. */
export function sourcesOf({ columns }: RelationPlan, column: ColumnPlan): readonly ColumnPlan[] {
  if (column.column.generated === null) return [column];
  return [...columns.values()].filter(one => one.column.generated === null && isGeneratedFrom(column, one));
}

// The value of a generated column in a row whose other columns have the values of `sqlOf`.
function generatedSql(
  plan: RelationPlan,
  generated: ColumnPlan,
  sqlOf: (column: ColumnPlan) => string,
): string {
  const { castType } = generated.codec;
  const expression = `(${generated.column.generationExpression})::${castType}`;
  const sources = sourcesOf(plan, generated);
  if (sources.length === 0) return expression;
  const names = sources.map(({ quoted }) => quoted).join(", ");
  return `(SELECT ${expression} FROM (SELECT ${sources.map(sqlOf).join(", ")}) AS "source" (${names}))`;
}

function requireKnown(generated: ColumnPlan, source: ColumnPlan): void {
  if (!isNumbered(source)) return;
  throw new ScopeError(
    `${generated.label} is generated from ${source.label}, without whose value it cannot be checked against the snapshot's scope; pass a value`,
  );
}

/** A value for a subquery, where a NULL, DEFAULT or a literal in raw SQL has no type. */
export function typedSql({ codec, default: initial }: ColumnPlan, value: string): string {
  if (value.startsWith("(")) return `${value}::${codec.castType}`;
  if (isDefaultText(value)) return `(${initial ?? "NULL"})::${codec.castType}`;
  return value === "NULL" ? `NULL::${codec.castType}` : value;
}

/** The value of a column that a statement does not write, from the values of the others; `from` is undefined for an update. */
export function otherValueSql(
  plan: RelationPlan,
  column: ColumnPlan,
  texts: ReadonlyMap<ColumnPlan, string>,
  from: string | undefined,
): string {
  const stored = `${plan.alias}.${column.quoted}`;
  if (column.column.generated === null) {
    if (from === undefined) return stored;
    if (isNumbered(column))
      throw new ScopeError(
        `${column.label}: the next value of its sequence cannot be checked against the snapshot's scope; pass a value`,
      );
    return typedSql(column, "default");
  }
  // An update that changes none of its columns leaves it as it is.
  if (from === undefined && !isDecidedBy([...texts.keys()], column)) return stored;
  return generatedSql(plan, column, source => {
    const given = texts.get(source);
    if (given === undefined && from !== undefined) requireKnown(column, source);
    return given ?? otherValueSql(plan, source, texts, from);
  });
}
