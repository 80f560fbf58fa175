import { NotUniqueError } from "../errors.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import type { IncludeNode } from "../statements/include.ts";
import { type IncludeStatement, includeSql } from "../statements/include-sql.ts";
import { planColumn, type RelationPlan } from "../statements/relation-plan.ts";
import type { ExactRead } from "./exact-read.ts";
import { type Context, run } from "./run.ts";

type Row = Record<string, unknown>;

/** The context of an include; its snapshot reads the values that relate rows exactly. */
export interface IncludeContext extends Context, ExactRead {}

/** Adds the related rows to rows, with one statement per relation for any number of rows. */
export async function includeRows(
  context: IncludeContext,
  plan: RelationPlan,
  rows: readonly Row[],
  nodes: readonly IncludeNode[],
): Promise<void> {
  // The driver sends statements that are started together without waiting for their results.
  await Promise.all(nodes.map(node => includeNode(context, plan, rows, node)));
}

async function includeNode(
  context: IncludeContext,
  parent: RelationPlan,
  rows: readonly Row[],
  node: IncludeNode,
): Promise<void> {
  const keys = keysOf(parent, node, rows);
  const found = keys.keys.length === 0 ? [] : await relatedRows(context, parent, node, keys);
  for (const [index, row] of rows.entries()) {
    const number = keys.numbers[index]!;
    const related = number === undefined ? undefined : found[number];
    addProperty(row, node.name, includedValue(node, related));
  }
}

// A relation can be named __proto__.
function addProperty(row: Row, name: string, value: unknown): void {
  if (name === "__proto__")
    Object.defineProperty(row, name, { value, enumerable: true, writable: true, configurable: true });
  else row[name] = value;
}

function includedValue({ name, link, options, plan }: IncludeNode, related: Row[] | undefined): unknown {
  if (options.count) return related?.[0]?.["count"] ?? 0;
  if (link.isMany) return related ?? [];
  if (related !== undefined && related.length > 1)
    throw new NotUniqueError(
      `include ${name}: expected at most one row of ${plan.relation.key}, received several`,
    );
  return related?.[0] ?? null;
}

interface Keys {
  /** The distinct keys, in text format. */
  readonly keys: readonly (readonly string[])[];
  /** The number of each key by its value, or by its text if the value is an object or has several columns. */
  readonly known: ReadonlyMap<unknown, number>;
  /** The number of each row's key; undefined if the key contains NULL. */
  readonly numbers: readonly (number | undefined)[];
}

function keysOf(parent: RelationPlan, { link }: IncludeNode, rows: readonly Row[]): Keys {
  const columns = link.from.map(name => planColumn(parent, name));
  const identity = identityOf(columns);
  const known = new Map<unknown, number>();
  const keys: (readonly string[])[] = [];
  const numbers = rows.map(row => {
    const key = identity(row);
    if (key === undefined) return undefined;
    const number = known.get(key);
    if (number !== undefined) return number;
    known.set(key, keys.length);
    return keys.push(textsOf(columns, row)) - 1;
  });
  return { keys, known, numbers };
}

// Returns a value that rows with equal keys share; undefined if the key contains NULL.
function identityOf(columns: readonly ColumnPlan[]): (row: Row) => unknown {
  const names = columns.map(({ column }) => column.name);
  const [only] = names;
  const text = (row: Row): string => JSON.stringify(textsOf(columns, row));
  if (names.length > 1) return row => (names.some(name => row[name] === null) ? undefined : text(row));
  return row => {
    const value = row[only!];
    if (value === null) return undefined;
    return typeof value === "object" ? text(row) : value;
  };
}

function textsOf(columns: readonly ColumnPlan[], row: Row): readonly string[] {
  return columns.map(({ column, codec }) => codec.print(row[column.name]));
}

// The related rows, grouped by the number of their key.
async function relatedRows(
  context: IncludeContext,
  parent: RelationPlan,
  node: IncludeNode,
  keys: Keys,
): Promise<Groups> {
  const statement = includeSql(context.schema, parent, node, keys.keys);
  const rows = await run(context.sql, statement, context.options);
  // Sent before the rows are grouped, so that the server works at the same time.
  const children = includeRows(context, node.plan, rows, node.children);
  const groups = groupRows(rows, statement.key, keys);
  await children;
  context.restore(node.plan.relation.key, rows);
  for (const name of hiddenColumns(statement, node)) for (const row of rows) delete row[name];
  return groups;
}

type Groups = readonly (Row[] | undefined)[];

function groupRows(rows: readonly Row[], key: IncludeStatement["key"], { keys, known }: Keys): Groups {
  // Filled first, because rows arrive in any order and an array with holes is slow.
  const groups = new Array<Row[] | undefined>(keys.length).fill(undefined);
  for (const row of rows) {
    const number = "number" in key ? takeNumber(row, key.number) : known.get(row[key.column.column.name])!;
    const group = groups[number];
    if (group === undefined) groups[number] = [row];
    else group.push(row);
  }
  return groups;
}

function takeNumber(row: Row, name: string): number {
  const number = row[name] as number;
  delete row[name];
  return number - 1;
}

function hiddenColumns({ output }: IncludeStatement, { options }: IncludeNode): readonly string[] {
  const { select } = options;
  return select === undefined ? [] : output.map(({ name }) => name).filter(name => !select.includes(name));
}
