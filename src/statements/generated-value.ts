import { ScopeError } from "../errors.ts";
import type { ColumnPlan } from "./column-plan.ts";
import type { RelationPlan } from "./relation-plan.ts";

/** Whether a column may be generated from another one; functions in its expression can have the same names. */
export function isGeneratedFrom({ column }: ColumnPlan, { column: { name }, quoted }: ColumnPlan): boolean {
  const text = column.generationExpression;
  if (text === null) return false;
  return text.split(/[^\p{L}\p{N}_$]+/u).includes(name) || text.includes(quoted);
}

/** Whether a statement that writes these columns decides the value of a column. */
export function isDecidedBy(columns: readonly ColumnPlan[], column: ColumnPlan): boolean {
  return columns.some(one => one === column || isGeneratedFrom(column, one));
}

// A default of a sequence is a different value each time.
export function hasDefault({ default: initial, column }: ColumnPlan): boolean {
  return column.generated !== null || (initial !== null && !initial.includes("nextval("));
}

/** The columns from which a column is generated, which are not generated themselves; otherwise the column. */
export function sourcesOf({ columns }: RelationPlan, column: ColumnPlan): readonly ColumnPlan[] {
  if (column.column.generated === null) return [column];
  return [...columns.values()].filter(one => one.column.generated === null && isGeneratedFrom(column, one));
}

/** The value of a generated column in a row whose other columns have the values of `sqlOf`. */
export function generatedSql(
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

/** Throws ScopeError for a column that a generated one needs and whose value only the database knows. */
export function requireKnown(generated: ColumnPlan, { column, default: initial, label }: ColumnPlan): void {
  if (column.identity === null && initial?.includes("nextval(") !== true) return;
  throw new ScopeError(
    `${generated.label} is generated from ${label}, without whose value it cannot be checked against the snapshot's scope; pass a value`,
  );
}
