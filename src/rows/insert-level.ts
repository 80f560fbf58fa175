import { ArgumentError } from "../errors.ts";
import { carriedColumns, type InsertRelation, referencedColumns } from "../statements/insert-nodes.ts";
import { carriedPairs, carryValues } from "./carried-values.ts";
import { type ExactRead, exactRead } from "./exact-read.ts";
import { insertGroup, insertGroupReturning } from "./insert-group.ts";
import type { Level } from "./insert-tree-level.ts";
import { dropColumns } from "./read.ts";
import { groupsByColumns, type RowGroup } from "./row-groups.ts";
import { addProperty } from "./row-objects.ts";
import { groupsAfterParents } from "./self-references.ts";
import type { WriteContext } from "./write.ts";

type Row = Record<string, unknown>;

interface LevelContext extends WriteContext {
  readonly isReturned: boolean;
  readonly restore: ExactRead["restore"];
}

/** The stored rows of a level, and of each the values by which the row around it refers to it. */
interface StoredLevel {
  readonly rows: readonly Row[];
  readonly keys: readonly (readonly unknown[])[];
}

/** Rows of one table that are sent together. */
const BATCH_ROWS = 10_000;

/** Inserts the rows of a level and of the levels below it; returns the stored rows with the nested ones. */
export async function insertLevel(
  context: WriteContext,
  level: Level,
  isReturned: boolean,
): Promise<readonly Row[]> {
  const { schema, restore } = exactRead(context.schema, carriedColumns(level.table));
  return (await insertRows({ ...context, schema, isReturned, restore }, level)).rows;
}

// Rows that others refer to are inserted first. Related rows are known by their positions.
async function insertRows(context: LevelContext, level: Level): Promise<StoredLevel> {
  if (level.rows.length === 0) return { rows: [], keys: [] };
  const nested = new Map<Level, readonly Row[]>();
  for (const child of level.children.filter(({ table }) => !table.isMany)) {
    const { rows, keys } = await insertRows(context, child);
    nested.set(child, rows);
    const pairs = carriedPairs(context.schema, level.table, child.table);
    for (const [index, key] of keys.entries()) carryValues(pairs, key, level.rows[child.parents[index]!]!);
  }
  const stored = await insertOwn(context, level);
  for (const child of level.children.filter(({ table }) => table.isMany)) {
    const pairs = carriedPairs(context.schema, level.table, child.table);
    for (const [index, row] of child.rows.entries()) {
      const parent = stored[child.parents[index]!]!;
      carryValues(
        pairs,
        child.table.from.map(name => parent[name]),
        row,
      );
    }
    nested.set(child, (await insertRows(context, child)).rows);
  }
  const { to = [] } = level.table as Partial<InsertRelation>;
  const keys = stored.map(row => to.map(name => row[name]));
  return { keys, rows: context.isReturned ? shownRows(context, level, stored, nested) : [] };
}

/** Inserts the own columns of the rows; returns the stored rows, if they are returned or other rows refer to them. */
async function insertOwn(context: LevelContext, level: Level): Promise<readonly Row[]> {
  const { table, rows } = level;
  const referenced = referencedColumns(table);
  const inner = { ...context, table: table.table };
  const columns = context.isReturned
    ? ((table.select && [...table.select, ...referenced]) ?? true)
    : referenced.length > 0 && referenced;
  // A role without the SELECT privilege gets rows without columns, whose number PostgreSQL does not return.
  const isUnreadable = columns === true && table.plan.all.output.length === 0;
  const stored: Row[] = [];
  const groups = groupsAfterParents(table.plan, groupsByColumns(rows, 0), rows, 0);
  for (const group of groups.flatMap(one => batches(one, level.pathOf))) {
    if (columns === false || isUnreadable) {
      requireAll(table.table, await insertGroup(inner, group), group.rows.length);
      if (isUnreadable) for (const position of group.positions) stored[position] = {};
    } else {
      const written = await insertGroupReturning(inner, group, { returning: columns });
      requireAll(table.table, written.length, group.rows.length);
      for (const [at, position] of group.positions.entries()) stored[position] = written[at]!;
    }
  }
  return stored;
}

function batches({ rows, positions }: RowGroup, pathOf: Level["pathOf"]): readonly RowGroup[] {
  return Array.from({ length: Math.ceil(rows.length / BATCH_ROWS) }, (_, at) => {
    const [from, to] = [at * BATCH_ROWS, (at + 1) * BATCH_ROWS];
    return { rows: rows.slice(from, to), positions: positions.slice(from, to), pathOf };
  });
}

// Without each row's own result its position would not be known, and a lost row would not be noticed.
function requireAll(table: string, written: number, given: number): void {
  if (written === given) return;
  throw new ArgumentError(
    `${table}: a trigger or rule suppressed ${given - written} of ${given} rows, so nested rows are not possible; nothing was written`,
  );
}

function shownRows(
  context: LevelContext,
  { table, children }: Level,
  stored: readonly Row[],
  nested: ReadonlyMap<Level, readonly Row[]>,
): readonly Row[] {
  const { select } = table;
  const hidden = select === undefined ? [] : referencedColumns(table).filter(name => !select.includes(name));
  const rows = stored.map(row => ({ ...row }));
  dropColumns(rows, hidden);
  context.restore(table.table, rows);
  for (const child of children) addNested(child, rows, nested.get(child)!);
  return rows;
}

function addNested(
  { table, parents }: Level<InsertRelation>,
  rows: readonly Row[],
  nested: readonly Row[],
): void {
  if (table.isMany) for (const row of rows) addProperty(row, table.name, []);
  for (const [index, parent] of parents.entries()) {
    const row = rows[parent]!;
    if (table.isMany) (row[table.name] as Row[]).push(nested[index]!);
    else addProperty(row, table.name, nested[index]);
  }
}
