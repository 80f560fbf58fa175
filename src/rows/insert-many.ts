import type { SqlHandle } from "../driver/handle.ts";
import { requireUnscoped } from "../schema/arguments.ts";
import type { NestedInsert, NestedResult } from "../schema/nested-types.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, InsertOf, RowOf, TableName } from "../schema/tables.ts";
import type { InsertInclude } from "../statements/insert-nodes.ts";
import { type NestOption, treeWriter } from "../statements/nest.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import {
  INSERT_OPTIONS,
  type OptionValue,
  type ReturnedMany,
  requireWriteOptions,
} from "../statements/returning.ts";
import { copyBatch, insertGroup, insertGroupReturning } from "./insert-group.ts";
import { type AlterOptions, addColumns, requireNewColumns, type WithSchema } from "./new-columns.ts";
import { type AcceptedRow, continueSequences, type OverridingOptions, writableSchema } from "./overriding.ts";
import { ownList, ownRows } from "./own-rows.ts";
import { groupsByColumns, type Row } from "./row-groups.ts";
import { groupsAfterParents } from "./self-references.ts";
import { requireValidRows, type WriteContext, type WriteOptions } from "./write.ts";
import {
  atomically,
  countMany,
  type ManyReturning,
  type ManyRows,
  type ManyWrite,
  returnMany,
} from "./write-many.ts";

/** Options of `insertMany`. */
export interface InsertManyOptions<Column extends string = string>
  extends WriteOptions,
    ManyReturning<Column>,
    AlterOptions,
    OverridingOptions {}

/** The number of rows or the rows, or with `alter: true` an object of them and the new snapshot. */
export type InsertedRows<
  Tables,
  Name extends TableName<Tables>,
  Options,
  Include = Record<never, never>,
> = InsertedAs<
  NestedRows<ReturnedMany<RowOf<Tables, Name>, Options>, Tables, Name, Include>,
  Tables,
  Name,
  OptionValue<Options, "alter">
>;

type InsertedAs<Rows, Tables, Name extends string, Alter> = Alter extends true
  ? WithSchema<{ readonly rows: Rows }, Tables, Name>
  : Rows;

type NestedRows<Rows, Tables, Name extends TableName<Tables>, Include> = Rows extends readonly (infer Row)[]
  ? NestedResult<Row, Tables, Name, Include>[]
  : Rows;

/** The number of rows, or with `returning` the rows. */
export type Inserted<Row, Options> = ReturnedMany<Row, Options>;

type InsertableMany<Tables, Name extends TableName<Tables>, Include> = [keyof Include] extends [never]
  ? InsertOf<Tables, Name>
  : NestedInsert<Tables, Name, Include>;

/**
 * Inserts many rows, or none after an error. With `include` they contain rows of related tables, as for `insert`. A column that a row omits gets its default, even if other rows contain it.
 * @param sql a Bun SQL handle; inside your own transaction a call of several statements is a savepoint
 * @param schema a snapshot; a scope stamps every row
 * @param table the table's or view's name
 * @param rows an array, or an iterable or async iterable, which is read in batches of at most 10,000 rows
 * @param options `returning: true` or columns for the stored rows; `include: nest({ ... })` for the relations whose rows are nested;
 * `validate: false` skips the validation of values; `alter: true` adds the columns that rows have and the table does not, in one
 * transaction with the rows; `overriding: true` accepts values of GENERATED ALWAYS identity columns and lets the sequences of the
 * table continue beyond the stored values
 * @returns the number of rows stored, without nested ones, or the rows in input order, without the rows that a trigger suppressed. With
 * `alter: true` it is `{ rows, schema }` with the new snapshot
 * @throws ValidationError with the row's index, for an array before anything is sent; ConstraintError; QueryError; with
 * `alter` also ScopeError for a scoped snapshot, and ArgumentError for a value whose type cannot be detected
 * @example `await insertMany(sql, schema, "playlist", [{ name: "One" }, { name: "Two" }])` sends
 * `INSERT INTO "public"."playlist" ("name") SELECT "c1"::varchar FROM unnest($1::text::text[]) WITH ORDINALITY AS "rows" ("c1", "n") ORDER BY "n"`
 */
export async function insertMany<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
  const Options extends InsertManyOptions<Column> & { readonly include?: unknown } = Record<never, never>,
  const Wanted extends InsertInclude = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  rows: ManyRows<AcceptedRow<InsertableMany<Tables, Name, NoInfer<Wanted>>, RowOf<Tables, Name>, Options>>,
  options?: Options & InsertManyOptions<Column> & NestOption<Tables, Name, Wanted>,
): Promise<InsertedRows<Tables, Name, Options, Wanted>> {
  const context: InsertManyContext = { sql, schema, table, options };
  if (options?.include !== undefined) {
    const stored = await treeWriter("insertMany", options.include).insertMany(
      context,
      ownRows(rows) as never,
    );
    return stored as InsertedRows<Tables, Name, Options, Wanted>;
  }
  requireWriteOptions("insertMany", options, INSERT_OPTIONS);
  const given = ownList<ManyRows<unknown>>(rows);
  const result = options?.alter ? await insertAltering(context, given) : await insertAll(context, given);
  return result as InsertedRows<Tables, Name, Options, Wanted>;
}

interface InsertManyContext extends WriteContext {
  readonly options: InsertManyOptions | undefined;
}

/** The snapshot that changes while rows are read, and the step that changes it. */
interface Altering extends Pick<ManyWrite, "prepare"> {
  readonly schema: () => AnySchema;
}

/** Inserts rows, and returns their number or the rows. */
async function insertAll(
  context: InsertManyContext,
  rows: ManyRows<unknown>,
  altering: Altering = { schema: () => context.schema },
): Promise<number | readonly Row[]> {
  return await continueSequences(context, inner => insertWith(inner, rows, altering));
}

async function insertWith(
  context: InsertManyContext,
  rows: ManyRows<unknown>,
  { schema, ...prepare }: Altering,
): Promise<number | readonly Row[]> {
  const { table, options } = context;
  const current = (): AnySchema => writableSchema({ ...context, schema: schema() });
  const write: Omit<ManyWrite, "send"> = {
    ...prepare,
    validate: (list, from) =>
      requireValidRows({ ...context, schema: current() }, "insert", list, index => index + from),
    groups: (list, from) =>
      groupsAfterParents(relationPlan(current(), table), groupsByColumns(list, from), list, from),
  };
  if (options?.returning)
    return await returnMany(context, rows, write, (inner, group) =>
      insertGroupReturning({ ...inner, schema: current() }, group, options),
    );
  const batches = copyBatch(context.schema, table, Number.POSITIVE_INFINITY);
  return await countMany(context, rows, { ...write, ...batches }, (inner, group) =>
    insertGroup({ ...inner, schema: current() }, group),
  );
}

async function insertAltering(
  context: InsertManyContext,
  rows: ManyRows<unknown>,
): Promise<{ readonly rows: unknown; readonly schema: AnySchema }> {
  if (!Array.isArray(rows)) return await insertBatches(context, rows);
  const types = requireNewColumns({ ...context, schema: writableSchema(context) }, rows, 0);
  if (types.size === 0) return { rows: await insertAll(context, rows), schema: context.schema };
  return await atomically(context, async inner => {
    const schema = await addColumns(inner, types);
    return { rows: await insertAll({ ...inner, schema }, rows), schema };
  });
}

// Each batch of an iterable can bring columns.
async function insertBatches(
  context: InsertManyContext,
  rows: ManyRows<unknown>,
): Promise<{ readonly rows: unknown; readonly schema: AnySchema }> {
  requireUnscoped(context.schema);
  let { schema } = context;
  const written = await insertAll(context, rows, {
    schema: () => schema,
    prepare: async (inner, batch, from) => {
      const current = { ...inner, schema };
      const open = { ...current, schema: writableSchema({ ...context, schema }) };
      schema = await addColumns(current, requireNewColumns(open, batch, from));
    },
  });
  return { rows: written, schema };
}
