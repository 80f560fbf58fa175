import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { printArrayLiteral } from "../types/array-literal.ts";
import { assignedSql } from "./assignments.ts";
import { type BulkColumns, bulkColumns } from "./bulk-columns.ts";
import type { ColumnPlan, RelationPlan } from "./relation-plan.ts";
import { type Binder, bind } from "./statement.ts";
import { valueText } from "./value-text.ts";

type Row = Readonly<Record<string, unknown>>;

/** `INSERT INTO t (columns) SELECT values FROM from`. */
export interface BulkSource {
  readonly columns: readonly ColumnPlan[];
  readonly values: string;
  readonly from: string;
}

/**
 * Rows as parameters, one a column: an array of texts, because an array of arrays would be flattened, and the text of
 * the statement is the same for any number of rows. Column n is `"c<n>"`, the row's number from 1 is `"n"`.
 */
export function unnestSource(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  rows: readonly Row[],
): BulkSource {
  const columns = bulkColumns(schema, plan, rows);
  if (columns.given.length === 0)
    throw new ArgumentError(`${plan.relation.key}: rows without columns cannot be sent together`);
  const from = unnestRows(plan, binder, columns.given, rows, `"rows"`);
  const casts = columns.given.map(({ codec }, index) => `"c${index + 1}"::${codec.castType}`);
  return insertSource(schema, binder, columns, casts, from);
}

/** The same for rows that were copied to a table of that name, whose columns have their types already. */
export function stagedSource(
  schema: AnySchema,
  binder: Binder,
  columns: BulkColumns,
  staging: string,
): BulkSource {
  const values = columns.given.map((_, index) => `"c${index + 1}"`);
  return insertSource(schema, binder, columns, values, `${staging} AS "rows"`);
}

function insertSource(
  schema: AnySchema,
  binder: Binder,
  { given, stamps }: BulkColumns,
  values: readonly string[],
  from: string,
): BulkSource {
  const scoped = stamps.map(stamp => assignedSql(schema, binder, stamp));
  return {
    columns: [...given, ...stamps.map(({ column }) => column)],
    values: [...values, ...scoped].join(", "),
    from,
  };
}

/** `unnest($1::text::text[], ...) WITH ORDINALITY AS "rows" ("c1", ..., "n")` */
export function unnestRows(
  plan: RelationPlan,
  binder: Binder,
  columns: readonly ColumnPlan[],
  rows: readonly Row[],
  alias: string,
): string {
  const lists = columns.map(column => {
    const texts = rows.map((row, index) => valueText(plan, column, row, index));
    return bind(binder, printArrayLiteral(texts), "text[]", column);
  });
  const fields = columns.map((_, index) => `"c${index + 1}"`);
  return `unnest(${lists.join(", ")}) WITH ORDINALITY AS ${alias} (${fields.join(", ")}, "n")`;
}
