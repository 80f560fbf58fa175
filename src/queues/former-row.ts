import { isSystemType, partsOf } from "../schema/pg-type.ts";
import { quoteLiteral, quoteName } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import { scopedWhereSql } from "../statements/condition.ts";
import type { Where } from "../statements/filter.ts";
import { type RelationPlan, relationPlan, selectColumns } from "../statements/relation-plan.ts";
import { type RowStatement, scopedBinder } from "../statements/statement.ts";
import { parseRecordLiteral } from "../types/record-literal.ts";
import { baseTypeKey } from "../types/resolve.ts";

/**
 * Whether PostgreSQL cannot read a type's values from its own JSON: an extension can have a cast of its type to json, such as
 * hstore, and an array in an array of json is taken for one more dimension.
 */
export function isAlteredByJson(schema: AnySchema, typeKey: string): boolean {
  const type = schema.types[typeKey];
  if (type === undefined) return false;
  if (type.kind === "base") return !isSystemType(type) && type.category !== "S";
  if (type.kind === "array") {
    const element = baseTypeKey(schema, type.element);
    if (isJson(schema, element) || schema.types[element]?.kind === "array") return true;
  }
  const isComposite = type.kind === "composite";
  return partsOf(type).some(part => isAlteredByJson(schema, part) || (isComposite && isJson(schema, part)));
}

function isJson(schema: AnySchema, typeKey: string): boolean {
  const base = baseTypeKey(schema, typeKey);
  return base === "json" || base === "jsonb";
}

/**
 * The condition that a json or jsonb column has a value that PostgreSQL does not read from the JSON of its row: its null means NULL
 * there, and json can have escapes of NUL and of lone surrogates, which fail when they are read. It holds for both types, so that
 * one can be changed to the other.
 */
function isAlteredJson({ quoted }: ColumnPlan, row: string): string {
  const text = `${row}.${quoted}::text`;
  return `pg_catalog.btrim(${text}, E' \\t\\r\\n') = 'null' OR pg_catalog.strpos(${text}, E'\\\\u') > 0`;
}

const NAMES =
  "SELECT pg_catalog.json_agg(attname ORDER BY attnum)::text FROM pg_catalog.pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attrelid =";

/**
 * The PL/pgSQL expression of the former row: a JSON object, or the names of its columns and a record literal on the next line
 * if JSON would alter a value.
 * @param row the SQL of the row
 * @param table the SQL of the oid of its table
 */
export function formerRowText(schema: AnySchema, plan: RelationPlan, row: string, table: string): string {
  const record = `(${NAMES} ${table}) || E'\\n' || ${row}::text`;
  const columns = [...plan.columns.values()];
  if (columns.some(({ column }) => isAlteredByJson(schema, column.typeKey))) return record;
  const json = `pg_catalog.row_to_json(${row})::text`;
  const conditions = columns
    .filter(({ column }) => isJson(schema, column.typeKey))
    .map(column => isAlteredJson(column, row));
  return conditions.length === 0
    ? json
    : `CASE WHEN ${conditions.join(" OR ")} THEN ${record} ELSE ${json} END`;
}

/** Reads the former row of a notification; no row if it was outside the scope or did not match the filter. */
export function formerRowSql(
  schema: AnySchema,
  table: string,
  former: string,
  where: Where | undefined,
): RowStatement {
  const plan = relationPlan(schema, table);
  const isRecord = former.startsWith("[");
  const binder = scopedBinder(schema, [isRecord ? recordJson(former) : former]);
  const { text, output } = selectColumns(plan, undefined);
  const filter = scopedWhereSql({ schema, plan, binder, prefix: "" }, where);
  return {
    text: `SELECT ${text} FROM ${rowSource(plan, isRecord)}${filter}`,
    params: binder.params,
    output,
  };
}

// The JSON object of the texts in a record literal.
function recordJson(former: string): string {
  const end = former.indexOf("\n");
  const names = JSON.parse(former.slice(0, end)) as string[];
  const texts = parseRecordLiteral(former.slice(end + 1));
  return JSON.stringify(Object.fromEntries(names.map((name, at) => [name, texts[at]])));
}

// A row has no values of virtual columns when triggers fire (manual, Generated Columns). A filter of related rows compares the
// table of a row if others inherit from it; the notified row is of the table itself.
function rowSource(plan: RelationPlan, isRecord: boolean): string {
  const columns = [...plan.columns.values()];
  const stored = columns.filter(one => !isVirtual(one));
  const computed = columns
    .filter(isVirtual)
    .map(({ column, quoted }) => `(${column.generationExpression})::${column.type} AS ${quoted}`);
  const table = `${quoteLiteral(quoteName(plan.relation))}::regclass AS tableoid`;
  const added = plan.hasChildren ? [...computed, table] : computed;
  const source = isRecord ? textSource(plan, stored) : recordSource(plan, stored);
  return added.length === 0 ? source : `(SELECT *, ${added.join(", ")} FROM ${source}) AS ${plan.alias}`;
}

function isVirtual({ column }: ColumnPlan): boolean {
  return column.generated === "virtual";
}

function textSource(plan: RelationPlan, columns: readonly ColumnPlan[]): string {
  const list = columns.map(({ column, quoted }) => `${quoted}::${column.type} AS ${quoted}`).join(", ");
  return `(SELECT ${list} FROM ${recordSource(plan, columns, "text")}) AS ${plan.alias}`;
}

/** Reads columns from the JSON object of the first parameter. */
export function recordSource({ alias }: RelationPlan, columns: readonly ColumnPlan[], type?: string): string {
  const list = columns.map(({ column, quoted }) => `${quoted} ${type ?? column.type}`).join(", ");
  return `json_to_record($1::text::json) AS ${alias} (${list})`;
}
