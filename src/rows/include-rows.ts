import { NotUniqueError } from "../errors.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import type { IncludeNode } from "../statements/include.ts";
import { type IncludeStatement, includeSql } from "../statements/include-sql.ts";
import { planColumn, type RelationPlan } from "../statements/relation-plan.ts";
import { type Context, run } from "./run.ts";

type Row = Record<string, unknown>;

/** Reads the related rows of rows, one statement for each name however many rows there are, and puts them into the rows. */
export async function includeRows(
  context: Context,
  plan: RelationPlan,
  rows: readonly Row[],
  nodes: readonly IncludeNode[],
): Promise<void> {
  // Started together, the driver sends them without waiting for each other.
  await Promise.all(nodes.map(node => includeNode(context, plan, rows, node)));
}

async function includeNode(
  context: Context,
  parent: RelationPlan,
  rows: readonly Row[],
  node: IncludeNode,
): Promise<void> {
  const keys = keysOf(parent, node, rows);
  const found = keys.keys.length === 0 ? [] : await relatedRows(context, parent, node, keys);
  for (const [index, row] of rows.entries()) {
    const number = keys.numbers[index]!;
    const related = number === undefined ? undefined : found[number];
    addTo(row, node.name, included(node, related));
  }
}

// A relation may be called __proto__.
function addTo(row: Row, name: string, value: unknown): void {
  if (name === "__proto__")
    Object.defineProperty(row, name, { value, enumerable: true, writable: true, configurable: true });
  else row[name] = value;
}

function included({ name, link, options, plan }: IncludeNode, related: Row[] | undefined): unknown {
  if (options.count) return related?.[0]?.["count"] ?? 0;
  if (link.isMany) return related ?? [];
  if (related !== undefined && related.length > 1)
    throw new NotUniqueError(
      `include ${name}: more than one row of ${plan.relation.key} where one was expected`,
    );
  return related?.[0] ?? null;
}

interface Keys {
  /** The different keys, as PostgreSQL's texts. */
  readonly keys: readonly (readonly string[])[];
  /** The number of a key by its value, or by its text where that is no primitive or several. */
  readonly known: ReadonlyMap<unknown, number>;
  /** Of each row which key it has; undefined for one with a NULL. */
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

// What equal keys have in common; undefined where one of the columns is NULL.
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

// The related rows by the number of their key.
async function relatedRows(
  context: Context,
  parent: RelationPlan,
  node: IncludeNode,
  keys: Keys,
): Promise<Groups> {
  const statement = includeSql(context.schema, parent, node, keys.keys);
  const rows = await run(context.sql, statement, context.options);
  // Sent before the rows are grouped, so that the server is at work meanwhile.
  const children = includeRows(context, node.plan, rows, node.children);
  const groups = groupRows(rows, statement.key, keys);
  await children;
  for (const name of hiddenColumns(statement, node)) for (const row of rows) delete row[name];
  return groups;
}

type Groups = readonly (Row[] | undefined)[];

function groupRows(rows: readonly Row[], key: IncludeStatement["key"], { keys, known }: Keys): Groups {
  // Filled, because they come in any order, and an array with holes is slow.
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
