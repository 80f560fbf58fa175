import { begin } from "../driver/begin.ts";
import { isTransaction, type Limits, type SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { sendFresh } from "../driver/stale-plan.ts";
import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type AnyAlias, aliasNames, splitSelect } from "../statements/alias.ts";
import { type Include, type IncludeNode, linkColumns } from "../statements/include.ts";
import { includeNodes } from "../statements/include-nodes.ts";
import { linkKeysSql } from "../statements/link-keys-sql.ts";
import { planColumn, type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import type { RowStatement } from "../statements/statement.ts";
import { withTableOfRow } from "../statements/table-of-row.ts";
import { type ExactRead, exactRead } from "./exact-read.ts";
import { nestedRead } from "./include-rows.ts";
import { addProperty } from "./row-objects.ts";
import { type Context, type ReaderOptions, run, runRead } from "./run.ts";

/** Options of the functions that read rows of one table. */
export interface ReadOptions extends ReaderOptions {
  readonly select?: readonly (string | AnyAlias)[] | undefined;
  readonly include?: Include;
}

type Row = Record<string, unknown>;

/** The handle, the snapshot and the options of a call that reads rows. */
interface ReadContext<Options extends ReadOptions | undefined> extends Context {
  readonly options: Options;
}

/**
 * Reads rows with the related rows of `include`, in one statement.
 * @param build returns the statement without the related rows
 */
export function readIncluded<Options extends ReadOptions | undefined>(
  context: ReadContext<Options>,
  table: string,
  build: (schema: AnySchema, options: Options) => RowStatement,
): Promise<Row[]> {
  const { sql, schema, options } = context;
  const include = includePlan(schema, table, options);
  if (include === undefined) return runRead(sql, build(schema, optionsWith(options, include)), options);
  const statement = include.withComputed(build(include.schema, optionsWith(options, include)));
  if (options?.lock) return readLocked(context, statement, include);
  return runRead(sql, nestedRead(schema, { ...include, statement }, include.nodes), options);
}

// The related rows must be read after the lock has been acquired, so by a separate statement.
async function readLocked(
  context: ReadContext<ReadOptions | undefined>,
  statement: RowStatement,
  { plan, nodes, hidden, restore }: IncludePlan,
): Promise<Row[]> {
  const { sql, schema, options } = context;
  return await oneView(sql, options, async view => {
    const rows = await run(view, statement, options);
    const keys = { plan, statement: linkKeysSql(plan, nodes, rows), hidden: linkColumns(nodes) };
    const related = await run(view, nestedRead(schema, keys, nodes), options);
    for (const [index, row] of rows.entries())
      for (const { name } of nodes) addProperty(row, name, related[index]![name]);
    restore(plan.relation.key, rows);
    dropColumns(rows, hidden);
    return rows;
  });
}

async function oneView<Result>(
  sql: SqlHandle,
  options: Limits | undefined,
  read: (view: SqlHandle) => Promise<Result>,
): Promise<Result> {
  return await limited(sql, options, async handle => {
    if (isTransaction(handle)) return await read(handle);
    const readAll = () => begin(handle, read, "isolation level repeatable read");
    return await sendFresh(handle, readAll);
  });
}

/** A validated include with the columns that have to be read for it. */
export interface IncludePlan extends ExactRead {
  readonly plan: RelationPlan;
  readonly nodes: readonly IncludeNode[];
  /** Columns that are only read to find the related rows. */
  readonly hidden: readonly string[];
  readonly select: readonly (string | AnyAlias)[] | undefined;
}

/** The plan of an include, undefined without one; throws for every mistake in it before the first statement is sent. */
export function includePlan(
  schema: AnySchema,
  table: string,
  options: Pick<ReadOptions, "include" | "select" | "lock"> | undefined,
): IncludePlan | undefined {
  if (options?.include === undefined) return undefined;
  const { include, select } = options;
  const given = includeNodes(schema, table, include);
  if (given.length === 0) return undefined;
  requireOwnNames(table, given, select);
  const source = needsTable(given) ? withTableOfRow(schema) : schema;
  const nodes = source === schema ? given : includeNodes(source, table, include);
  const own = relationPlan(source, table);
  const links = options.lock ? linkColumns(nodes).map(name => planColumn(own, name)) : [];
  const read = exactRead(source, links, select);
  const plan = relationPlan(read.schema, table);
  const shown = select ?? plan.all.output.map(({ name }) => name);
  const hidden = linkColumns(nodes).filter(name => !shown.includes(name));
  return { ...read, plan, nodes, hidden, select: hidden.length === 0 ? select : [...shown, ...hidden] };
}

// The related rows would replace the computed column.
function requireOwnNames(
  table: string,
  nodes: readonly IncludeNode[],
  select: readonly (string | AnyAlias)[] | undefined,
): void {
  const computed = aliasNames(splitSelect(select).aliases);
  const twice = nodes.find(({ name }) => computed.includes(name));
  if (twice !== undefined)
    throw new ArgumentError(
      `${table}: include ${JSON.stringify(twice.name)}: a computed column of select has that name; choose a different alias`,
    );
}

function needsTable(nodes: readonly IncludeNode[]): boolean {
  return nodes.some(({ isOfOwnRows, children }) => isOfOwnRows || needsTable(children));
}

/** The options of a statement, with the columns that an include needs. */
export function optionsWith<Options extends Pick<ReadOptions, "select" | "include"> | undefined>(
  options: Options,
  include: IncludePlan | undefined,
): Options {
  if (options?.include === undefined) return options;
  // The statement of the rows around reads no relation, and an empty include has no plan.
  return { ...options, select: include === undefined ? options.select : include.select, include: undefined };
}

/**
 * Replaces the rows, which have the same columns, by copies without columns that were only read for the library; objects after
 * `delete` are slow.
 */
export function dropColumns(rows: Row[], names: readonly string[]): void {
  if (names.length === 0 || rows.length === 0) return;
  const kept = Object.keys(rows[0]!).filter(name => !names.includes(name));
  for (let index = 0; index < rows.length; index++) rows[index] = onlyColumns(rows[index]!, kept);
}

function onlyColumns(row: Row, names: readonly string[]): Row {
  const copy: Row = {};
  for (let index = 0; index < names.length; index++) addProperty(copy, names[index]!, row[names[index]!]);
  return copy;
}
