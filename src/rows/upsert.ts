import type { SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { ArgumentError, ScopeError } from "../errors.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, InsertOf, RowOf, TableName } from "../schema/tables.ts";
import { conflictTarget } from "../statements/conflict-target.ts";
import { outsideRowSql } from "../statements/conflicting-rows-sql.ts";
import { conflictFilter } from "../statements/dated-key.ts";
import { isDefault, isFragment } from "../statements/fragment.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { type OptionValue, returnedNames } from "../statements/returning.ts";
import { ownRowsSql } from "../statements/rows-where-sql.ts";
import {
  hasConflictKey,
  type UpsertRowSqlOptions,
  type UpsertStatement,
  upsertSql,
} from "../statements/upsert-sql.ts";
import { upsertAgain } from "./foreign-upsert.ts";
import type { Written } from "./insert.ts";
import { knownStatement, rememberRow } from "./known-statement.ts";
import { type AcceptedRow, continueSequences, type OverridingOptions, writableSchema } from "./overriding.ts";
import { ownRow } from "./own-rows.ts";
import { run } from "./run.ts";
import { requireValidRow, runCount, runWrite, type WriteContext, type WriteOptions } from "./write.ts";

/** Options of `upsert`. */
export interface UpsertRowOptions<
  Column extends string,
  Known extends string = string,
  Row = Record<string, unknown>,
> extends UpsertRowSqlOptions<Column, Known, Row>,
    WriteOptions,
    OverridingOptions {}

/** The stored row, or with `inserted: true` the row and whether it is new. */
export type Upserted<Row, Options> = UpsertedAs<Row, OptionValue<Options, "inserted">>;

type UpsertedAs<Row, Flag> = Flag extends true
  ? { readonly row: Row | undefined; readonly inserted: boolean }
  : Row | undefined;

type StoredRow = Record<string, unknown>;

interface UpsertContext extends WriteContext {
  readonly options: UpsertRowOptions<string> | undefined;
}

/**
 * Inserts a row, or updates the existing row with its key.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; a scope stamps the row and protects rows outside the scope
 * @param table the table's name
 * @param row a whole row as for `insert`; without a value for a key with a default it is always inserted
 * @param options the unique key that conflicts, the columns to update or their `expr`, `where` to leave some existing rows
 * unchanged, the columns to return; `overriding: true` accepts values of GENERATED ALWAYS identity columns and lets the
 * sequences of the table continue beyond the stored values
 * @returns the stored row, even if `where` or `update: "changed"` left it unchanged; undefined for an existing row with
 * `update: "nothing"`, and if a trigger suppressed the row. With `inserted: true` it is `{ row, inserted }`
 * @throws ScopeError if the key belongs to a row outside the scope;
 * NotUniqueError if a `Date` of the key stands for several rows;
 * ValidationError; ConstraintError; ArgumentError
 * @example `await upsert(sql, schema, "genre", { genre_id: 1, name: "Drone" }, { returning: ["name"] })` sends
 * `INSERT INTO "public"."genre" ("genre_id", "name") VALUES ($1::text::int4, $2::text) ON CONFLICT ("genre_id") DO UPDATE SET "name" = EXCLUDED."name" RETURNING "name"`
 */
export async function upsert<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Options extends OverridingOptions & { readonly inserted?: boolean } = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  row: AcceptedRow<Written<InsertOf<Tables, Name>>, RowOf<Tables, Name>, Options>,
  options?: Options & UpsertRowOptions<Column, ColumnName<Tables, Name>, FilterOf<Tables, Name>>,
): Promise<Upserted<Pick<RowOf<Tables, Name>, Column>, Options>> {
  type Result = Upserted<Pick<RowOf<Tables, Name>, Column>, Options>;
  const given = options as UpsertRowOptions<string> | undefined;
  const open = writableSchema({ schema, table, options: given });
  const context = { sql, schema: open, table, options: given };
  const { statement, checked } = upsertStatement(context, row);
  // Searched afterwards, if nothing was written.
  const own = ownRow(checked);
  return await limited(sql, given, async handle => {
    const inner = { ...context, sql: handle };
    const [stored] = await upsertAgain(inner, one =>
      continueSequences(one, whole => writeOne(whole, statement)),
    );
    if (stored !== undefined) return writtenRow(stored, statement, given) as Result;
    const found = await unwrittenRow(inner, own);
    return (options?.inserted ? { row: found, inserted: false } : found) as Result;
  });
}

function upsertStatement(
  context: UpsertContext,
  row: unknown,
): { readonly statement: UpsertStatement; readonly checked: StoredRow } {
  const known = knownStatement(context, "upsert", row);
  if (known !== undefined) return { statement: known, checked: row as StoredRow };
  const { schema, table, options } = context;
  const checked = requireValidRow(context, "insert", row);
  const statement = upsertSql(schema, table, checked, options);
  const raw = isFoundAgain(options) ? rawKey(context, checked) : undefined;
  if (raw !== undefined)
    throw new ArgumentError(
      `${table}.${raw}: raw SQL cannot identify the row that where or update: "changed" leaves unchanged; pass a value, or returning: false`,
    );
  rememberRow(context, "upsert", checked, statement);
  return { statement, checked };
}

/** Whether the call returns a row that it left unchanged, which it has to find. */
function isFoundAgain(options: UpsertRowOptions<string> | undefined): boolean {
  return (options?.update === "changed" || options?.where !== undefined) && options.returning !== false;
}

/** The column of the conflict target whose value is raw SQL. A default conflicts with no row. */
function rawKey({ schema, table, options }: UpsertContext, row: StoredRow): string | undefined {
  const { columns } = conflictTarget(
    relationPlan(schema, table),
    options?.key,
    options?.update !== "nothing",
  );
  return columns.find(name => isFragment(row[name]) && !isDefault(row[name]));
}

/** The written row, or none; of a statement that returns nothing an empty row. */
function writeOne(context: UpsertContext, statement: UpsertStatement): Promise<readonly StoredRow[]> {
  if (statement.output.length > 0) return runWrite(context, statement);
  return runCount(context, statement).then(count => (count > 0 ? [{}] : []));
}

function writtenRow(
  stored: StoredRow,
  { flag }: UpsertStatement,
  options: UpsertRowOptions<string> | undefined,
): unknown {
  const row = options?.returning === false ? undefined : stored;
  if (!options?.inserted) return row;
  const inserted = flag === undefined || stored[flag] === true;
  if (flag !== undefined) delete stored[flag];
  return { row, inserted };
}

// No row was written: the existing row was equal or left unchanged by `where`, a trigger suppressed the row, or the existing
// row is outside the scope.
async function unwrittenRow(
  { sql, schema, table, options }: UpsertContext,
  row: StoredRow,
): Promise<StoredRow | undefined> {
  const plan = relationPlan(schema, table);
  if (options?.update === "nothing") return undefined;
  const target = conflictTarget(plan, options?.key, true);
  if (!hasConflictKey(plan, target, row)) return undefined;
  // A key with a NULL conflicts with no row.
  const isNew = !target.key.nullsNotDistinct && target.columns.some(name => row[name] === null);
  if (isNew) return undefined;
  if (isFoundAgain(options)) {
    const where = conflictFilter(plan, target.key, row);
    const select = returnedNames(options?.returning);
    const [found] = await run(sql, ownRowsSql(schema, table, { where, select }), options);
    if (found !== undefined) return found;
  }
  // The value of raw SQL is not known, so it is not certain which row has the key.
  if (rawKey({ sql, schema, table, options }, row) !== undefined) {
    if (plan.scope.rules.length === 0) return undefined;
    throw new ScopeError(
      `${table}: the key, which is raw SQL, belongs to a row outside the snapshot's scope, or a trigger suppressed the row; nothing was written`,
    );
  }
  const outside = outsideRowSql(schema, table, [row], options ?? {});
  if (outside !== undefined && (await run(sql, outside, options)).length > 0)
    throw new ScopeError(
      `${table}: the key belongs to a row outside the snapshot's scope; nothing was written`,
    );
  return undefined;
}
