import type { SqlHandle } from "../driver/handle.ts";
import type { NestedInsert, NestedResult } from "../schema/nested-types.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, InsertOf, RowOf, TableName } from "../schema/tables.ts";
import type { Fragment } from "../statements/fragment.ts";
import type { InsertInclude } from "../statements/insert-nodes.ts";
import { insertSql } from "../statements/insert-sql.ts";
import { type NestOption, treeWriter } from "../statements/nest.ts";
import type { OptionValue, ReturningOptions } from "../statements/returning.ts";
import type { RowStatement } from "../statements/statement.ts";
import { knownStatement, rememberRow } from "./known-statement.ts";
import { type AlterOptions, addColumns, requireNewColumns, type WithSchema } from "./new-columns.ts";
import { type AcceptedRow, continueSequences, type OverridingOptions, writableSchema } from "./overriding.ts";
import { ownRow } from "./own-rows.ts";
import type { Row } from "./row-groups.ts";
import { requireValidRow, runWrite, type WriteContext, type WriteOptions } from "./write.ts";
import { atomically } from "./write-many.ts";

/** Options of `insert`, `update` and `deleteRow`. */
export interface WriteRowOptions<Column extends string> extends ReturningOptions<Column>, WriteOptions {}

/** Options of `insert`. */
export interface InsertOptions<Column extends string>
  extends WriteRowOptions<Column>,
    AlterOptions,
    OverridingOptions {}

/** The stored row, or with `alter: true` the row and the new snapshot. */
export type InsertedRow<Row, Tables, Name extends string, Options> = InsertedAs<
  Row,
  Tables,
  Name,
  OptionValue<Options, "alter">
>;

type InsertedAs<Row, Tables, Name extends string, Alter> = Alter extends true
  ? WithSchema<{ readonly row: Row | undefined }, Tables, Name>
  : Row | undefined;

/** A row whose values can be raw SQL. */
export type Written<Row> = { readonly [Column in keyof Row]: Row[Column] | Fragment };

/** The row that `insert` accepts, with nested rows if there is an include. */
export type Insertable<Tables, Name extends TableName<Tables>, Include> = [keyof Include] extends [never]
  ? Written<InsertOf<Tables, Name>>
  : NestedInsert<Tables, Name, Include>;

/**
 * Inserts a row. With `include` it contains rows of related tables, which are inserted too, one statement per table, in one
 * transaction: an array of rows that refer to it, or the row that it refers to.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; a scope stamps the row
 * @param table the table's or view's name
 * @param row column → value or raw SQL (`expr`); an omitted column gets its default
 * @param options the columns to return; `include: nest({ ... })` for the relations whose rows are nested; `validate: false` skips the validation
 * of values; `alter: true` adds the columns that the row has and the table does not, in one transaction with the row;
 * `overriding: true` accepts values of GENERATED ALWAYS identity columns and lets the sequences of the table continue
 * beyond the stored values
 * @returns the stored row with the nested ones, including defaults and generated columns; undefined if a trigger or rule suppressed it. With
 * `alter: true` it is `{ row, schema }` with the new snapshot
 * @throws ValidationError with the paths of all invalid values, before anything is sent; ConstraintError if a constraint is
 * violated, then no row is stored; UnknownNameError; QueryError; ArgumentError if a trigger suppressed a row around others;
 * with `alter` also ScopeError for a scoped snapshot, and ArgumentError for a value whose type cannot be detected
 * @example `await insert(sql, schema, "playlist", { name: "Morning" }, { returning: ["name"] })` sends
 * `INSERT INTO "public"."playlist" ("name") VALUES ($1::text::varchar) RETURNING "name"`
 */
export async function insert<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Options extends AlterOptions & OverridingOptions = Record<never, never>,
  const Wanted extends InsertInclude = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  row: AcceptedRow<Insertable<Tables, Name, NoInfer<Wanted>>, RowOf<Tables, Name>, Options>,
  options?: Options & InsertOptions<Column> & NestOption<Tables, Name, Wanted>,
): Promise<
  InsertedRow<NestedResult<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted>, Tables, Name, Options>
> {
  type Stored = NestedResult<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted>;
  type Result = InsertedRow<Stored, Tables, Name, Options>;
  const context: InsertContext = { sql, schema, table, options };
  if (options?.include !== undefined)
    return (await treeWriter("insert", options.include).insertOne(context, ownRow(row))) as Result;
  if (options?.alter) return (await insertAltering(context, row)) as Result;
  const [stored] = await insertOne(context, row);
  return stored as Result;
}

interface InsertContext extends WriteContext {
  readonly options: InsertOptions<string> | undefined;
}

/** The stored row, or none. */
function insertOne(context: InsertContext, row: unknown): Promise<readonly Row[]> {
  if (!context.options?.overriding) return runWrite(context, insertStatement(context, row));
  const open = { ...context, schema: writableSchema(context) };
  const statement = insertStatement(open, row);
  return continueSequences(open, inner => runWrite(inner, statement));
}

function insertStatement(context: InsertContext, row: unknown): RowStatement {
  const known = knownStatement(context, "insert", row);
  if (known !== undefined) return known;
  const { schema, table, options } = context;
  const valid = requireValidRow(context, "insert", row);
  const statement = insertSql(schema, table, valid, options);
  rememberRow(context, "insert", valid, statement);
  return statement;
}

async function insertAltering(
  context: InsertContext,
  row: unknown,
): Promise<{ readonly row: Row | undefined; readonly schema: AnySchema }> {
  const types = requireNewColumns({ ...context, schema: writableSchema(context) }, [row], 0);
  if (types.size === 0) return { row: (await insertOne(context, row))[0], schema: context.schema };
  const own = ownRow(row);
  return await atomically(context, async inner => {
    const schema = await addColumns(inner, types);
    return { row: (await insertOne({ ...inner, schema }, own))[0], schema };
  });
}
