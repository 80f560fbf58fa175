import { markAsRaw } from "../driver/statement.ts";
import { ArgumentError } from "../errors.ts";
import { requireSnapshot } from "../schema/arguments.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { printUntyped } from "../types/untyped.ts";
import { operatorName } from "./filter.ts";
import {
  type Fragment,
  isFragment,
  isReference,
  type Reference,
  type UpsertReference,
  upsertReferenceRow,
} from "./fragment.ts";
import { planColumn, relationPlan } from "./relation-plan.ts";
import { type Binder, type Statement, scopedBinder } from "./statement.ts";

/** A fragment as SQL; its values are added to the parameters. */
export function fragmentSql(schema: AnySchema, binder: Binder, { parts, values, isOwn }: Fragment): string {
  if (!isOwn) markAsRaw(binder.labels);
  let text = parts[0]!;
  for (const [index, value] of values.entries()) {
    const rest = parts[index + 1]!;
    text += fragmentValueSql(schema, binder, value, [text, rest]) + rest;
  }
  return text;
}

/** A fragment as a part of a statement; throws ArgumentError, which begins with the place of the part, if it has no SQL. */
export function partSql(schema: AnySchema, binder: Binder, fragment: Fragment, place: string): string {
  const text = fragmentSql(schema, binder, fragment);
  if (text.trim() !== "") return text;
  throw new ArgumentError(
    `${place}: the raw SQL is empty; leave it out, or use it only inside other raw SQL`,
  );
}

function fragmentValueSql(
  schema: AnySchema,
  binder: Binder,
  value: unknown,
  [before, rest]: readonly [string, string],
): string {
  if (isFragment(value)) return fragmentSql(schema, binder, value);
  if (isReference(value)) return referenceSql(schema, binder, value);
  const row = upsertReferenceRow(value);
  if (row !== undefined) return upsertReferenceSql(binder, row, value as UpsertReference);
  if (operatorName(value) !== undefined) {
    throw new ArgumentError(
      "an operator such as gt(5) belongs in a where object; in expr write the SQL operator",
    );
  }
  if (value === undefined)
    throw new ArgumentError(
      `expr: the value after ${JSON.stringify(before.slice(-30))} is undefined; write null for NULL`,
    );
  const number = binder.params.push(printUntyped(value));
  // A value that the author casts is sent as text, because the driver would quote a json parameter again.
  if (rest.startsWith("::") && !rest.startsWith("::text")) return `$${number}::text`;
  return /^\d/.test(rest) ? `$${number} ` : `$${number}`;
}

function referenceSql(schema: AnySchema, binder: Binder, reference: Reference): string {
  const plan = relationPlan(schema, reference.table);
  const alias = reference.alias === undefined ? plan.alias : quoteIdentifier(reference.alias);
  if (reference.column !== undefined) return `${alias}.${planColumn(plan, reference.column).quoted}`;
  const scope = plan.scope.condition(binder, "");
  if (scope !== "") return `(SELECT * FROM ${plan.name} WHERE ${scope}) AS ${alias}`;
  return reference.alias === undefined ? plan.name : `${plan.name} AS ${alias}`;
}

function upsertReferenceSql(
  { upsertColumn }: Binder,
  row: "old" | "excluded",
  { column }: UpsertReference,
): string {
  if (upsertColumn !== undefined) return upsertColumn(row, column);
  throw new ArgumentError(
    `${row}(${JSON.stringify(column)}) belongs in update or where of an upsert; elsewhere use col`,
  );
}

/**
 * The statement of `q`.
 * @param schema a snapshot: `col` and `table` are looked up in it
 * @param query raw SQL, written with `expr`
 * @returns the SQL and its parameters
 * @throws ArgumentError for anything but `expr`; UnknownNameError for an unknown table or column
 * @example ``querySql(schema, expr`select ${1}::int4`).text`` → `select $1::text::int4`
 */
export function querySql(schema: AnySchema, query: Fragment): Statement {
  if (isFragment(schema))
    throw new ArgumentError("schema must be a snapshot; pass it before the query: (sql, schema, query)");
  requireSnapshot(schema);
  if (!isFragment(query))
    throw new ArgumentError("the query must be written with expr`...` or expr(text, params)");
  const binder = scopedBinder(schema);
  return { text: partSql(schema, binder, query, "the query"), params: binder.params };
}
