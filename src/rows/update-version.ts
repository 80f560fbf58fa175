import { limited } from "../driver/limited.ts";
import { ArgumentError, StaleError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import { filterText } from "../statements/column-plan.ts";
import { and } from "../statements/combinations.ts";
import { rowKeyFilter } from "../statements/dated-key.ts";
import type { Where } from "../statements/filter.ts";
import { col, expr, type Fragment, type Reference } from "../statements/fragment.ts";
import { getSql } from "../statements/get-sql.ts";
import { eq } from "../statements/operators.ts";
import { type RowKey, rowKey } from "../statements/primary-key.ts";
import { planColumn, type RelationPlan } from "../statements/relation-plan.ts";
import { changesOf, updateWhereSql } from "../statements/update-sql.ts";
import { missingRowError } from "./missing-row.ts";
import { run } from "./run.ts";
import { requireValidRow, runWrite, type WriteContext } from "./write.ts";

type Row = Readonly<Record<string, unknown>>;

/**
 * Updates a row if its version column still has the value in `row`, and gives the column its next value. Returns undefined
 * if a trigger or rule suppressed the change. Throws StaleError for a different version, NotFoundError if the row does
 * not exist.
 */
export async function updateVersion(
  context: WriteContext,
  plan: RelationPlan,
  row: Row,
  version: string,
  returning: readonly string[] | undefined,
): Promise<Record<string, unknown> | undefined> {
  const { schema, table } = context;
  const column = planColumn(plan, version);
  // A filter with a part of the key would match several rows.
  const key = rowKey(plan, row);
  if (!Object.hasOwn(row, version))
    throw new ArgumentError(
      `${column.label}: the value is missing; pass the version of the row as it was read`,
    );
  const { [version]: read, ...changes } = changesOf(plan, row) as Record<string, unknown>;
  // A row without other changes, such as an invoice whose lines change, only gets a new version.
  const isTouched = Object.keys(changes).length === 0;
  const valid = isTouched ? {} : requireValidRow(context, "update", changes);
  const where = versionFilter(plan, row, version);
  const statement = updateWhereSql<Record<string, unknown>>(
    schema,
    table,
    { ...valid, [version]: nextVersion(schema, plan, column, read) },
    { where, returning: returning ?? true },
  );
  return await limited(context.sql, context.options, async sql => {
    const inner = { ...context, sql };
    const [stored] = await runWrite(inner, statement);
    if (stored === undefined) await requireVersion(inner, key, column, read);
    return stored;
  });
}

/** The filter of a row's key and version. */
function versionFilter(plan: RelationPlan, row: Row, version: string): Where {
  // A value of the row is never an operator.
  return and(rowKeyFilter(plan, row), { [version]: row[version] === null ? null : eq(row[version]) });
}

/** The value of a version column after the one that was read, as SQL. Throws ArgumentError for a type that has none. */
export function nextVersion(
  schema: AnySchema,
  { relation }: RelationPlan,
  { label, column, codec }: ColumnPlan,
  read?: unknown,
): Fragment {
  const { shape, castType, form } = codec;
  const family = shape.kind === "scalar" ? shape.family : undefined;
  const stored = col(relation.key, column.name);
  // NULL + 1 would be NULL again.
  if (family === "integer" || family === "bigint" || family === "numeric")
    return read === null ? expr`1` : expr`${stored} + 1`;
  if (castType === "uuid") return expr`gen_random_uuid()`;
  if (castType === "timestamptz" && form === "string")
    return nextTime(stored, decimalsOf(schema, column.typeKey, column.typmod));
  throw new ArgumentError(
    `${label}: version must be a column of integers, of type uuid, or of type timestamptz in the form "string"; this column has type ${column.type}`,
  );
}

// A later time than the stored one even in a column of whole seconds, and after the clock was set back: two changes with the same
// time would be the same version. Infinity plus one is infinity again.
function nextTime(stored: Reference, decimals: number): Fragment {
  const step = expr(`interval '${(10 ** -decimals).toFixed(decimals)} seconds'`, []);
  return expr`greatest(clock_timestamp(), nullif(${stored}, 'infinity') + ${step})`;
}

function decimalsOf(schema: AnySchema, typeKey: string, typmod: number): number {
  const type = schema.types[typeKey];
  if (type?.kind === "domain") return decimalsOf(schema, type.base, type.baseTypmod);
  return typmod === -1 ? 6 : typmod;
}

async function requireVersion(
  { sql, schema, table, options }: WriteContext,
  key: RowKey,
  { column: { name }, codec, label }: ColumnPlan,
  read: unknown,
): Promise<void> {
  const [found] = await run(sql, getSql(schema, table, key, { select: [name] }), options);
  if (found === undefined) throw missingRowError(sql, schema, table, key);
  const value = found[name];
  const textOf = (one: unknown): unknown => (one === null ? null : filterText(label, codec, one));
  const isSame = textOf(value) === textOf(read);
  if (!isSame) throw staleError(table);
}

/** The error for a row with another version. */
export function staleError(table: string): StaleError {
  return new StaleError(`${table}: the row was changed after it was read; read the row again`);
}
