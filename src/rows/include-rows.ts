import { NotUniqueError } from "../errors.ts";
import { derive } from "../schema/derived.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { IncludeNode } from "../statements/include.ts";
import {
  type Level,
  type NestedRoot,
  nestedSql,
  type PlacedNode,
  placeNodes,
} from "../statements/include-sql.ts";
import type { OutputColumn } from "../statements/statement.ts";
import { addProperty } from "./row-objects.ts";
import type { Runnable } from "./run.ts";
import { decodeRows } from "./run.ts";

type Row = Record<string, unknown>;
type Cells = readonly unknown[];

/** The statement of rows with their related rows, with the function that nests the rows of its result. */
export function nestedRead(schema: AnySchema, root: NestedRoot, nodes: readonly IncludeNode[]): Runnable {
  const placed = placeNodes(nodes);
  const { text, params, levels } = nestedSql(schema, root, placed);
  const { output, cells: places } = levels[0]!;
  return { text, params, output, places, nest: (result, own) => nestRows(levels, placed, result, own) };
}

/** The rows of a level. */
interface LevelRows {
  readonly rows: Row[];
  /** The cells of each row, if other rows are related to it. */
  readonly cells: Cells[];
  /** The rows by the key of their parent row. */
  readonly groups: Map<unknown, Row[]>;
}

// Loops are faster than array methods, and nesting is most of rowfn's own work with many rows.
function nestRows(
  levels: readonly Level[],
  placed: readonly PlacedNode[],
  result: readonly Cells[],
  own: readonly OutputColumn[],
): Row[] {
  const found: LevelRows[] = [];
  for (const _level of levels) found.push({ rows: [], cells: [], groups: new Map() });
  let next = 0;
  while (next < result.length) {
    const number = result[next]![0] as number;
    const isParent = placed.some(({ parent }) => parent === number);
    next = readLevel(levels[number]!, found[number]!, isParent, result, next);
  }
  for (let number = 0; number < levels.length; number++)
    decodeRows(number === 0 ? own : levels[number]!.output, found[number]!.rows);
  for (let at = 0; at < placed.length; at++) {
    const { node, parent } = placed[at]!;
    attachRows(node, found[parent]!, readerOf(levels[at + 1]!).parentKey, found[at + 1]!.groups);
  }
  return found[0]!.rows;
}

// Reads the next rows, which belong to one level, and returns the index after them.
function readLevel(
  level: Level,
  { rows, cells, groups }: LevelRows,
  isParent: boolean,
  result: readonly Cells[],
  from: number,
): number {
  const { rowOf, ownKey } = readerOf(level);
  const isRelated = level.related.length > 0;
  const number = result[from]![0];
  let index = from;
  for (; index < result.length && result[index]![0] === number; index++) {
    const values = result[index]!;
    const row = rowOf(values);
    rows.push(row);
    if (isParent) cells.push(values);
    if (isRelated) addToGroup(groups, ownKey(values), row);
  }
  return index;
}

function addToGroup(groups: LevelRows["groups"], key: unknown, row: Row): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [row]);
  else group.push(row);
}

function attachRows(
  node: IncludeNode,
  { rows, cells }: LevelRows,
  keyOf: (cells: Cells) => unknown,
  groups: LevelRows["groups"],
): void {
  for (let at = 0; at < rows.length; at++)
    addProperty(rows[at]!, node.name, includedValue(node, groups.get(keyOf(cells[at]!))));
}

/** Functions of the cells of one level. */
interface LevelReader {
  readonly rowOf: (cells: Cells) => Row;
  /** Identifies the parent row, from the cells of the row and from those of the parent row. */
  readonly ownKey: (cells: Cells) => unknown;
  readonly parentKey: (cells: Cells) => unknown;
}

const readerOf = derive(
  ({ output, cells, related }: Level): LevelReader => ({
    rowOf: rowReader(
      output.map(({ name }) => name),
      cells,
    ),
    ownKey: keyReader(related.map(({ own }) => own)),
    parentKey: keyReader(related.map(({ parent }) => parent)),
  }),
);

// Only a column named `__proto__` needs the check of `addProperty`.
function rowReader(names: readonly string[], places: readonly number[]): (cells: Cells) => Row {
  if (names.includes("__proto__")) return cells => anyRow(names, places, cells);
  return cells => {
    const row: Row = {};
    for (let at = 0; at < names.length; at++) row[names[at]!] = cells[places[at]!];
    return row;
  };
}

function anyRow(names: readonly string[], places: readonly number[], cells: Cells): Row {
  const row: Row = {};
  for (let at = 0; at < names.length; at++) addProperty(row, names[at]!, cells[places[at]!]);
  return row;
}

// The values of these cells are numbers and strings; a NULL finds no rows.
function keyReader(places: readonly number[]): (cells: Cells) => unknown {
  const [only] = places;
  if (places.length === 1) return cells => cells[only!];
  // A NULL is not the text "null".
  const textOf = (cell: unknown) => (cell === null ? null : String(cell));
  return cells => JSON.stringify(places.map(place => textOf(cells[place])));
}

function includedValue(
  { name, link, options, plan, aggregates }: IncludeNode,
  related: Row[] | undefined,
): unknown {
  if (options.count) return related?.[0]?.["count"] ?? 0;
  if (aggregates !== undefined) return related?.[0] ?? emptySummary(aggregates);
  if (link.isMany) return related ?? [];
  if (related !== undefined && related.length > 1)
    throw new NotUniqueError(
      `include ${name}: expected at most one row of ${plan.relation.key}, received several`,
    );
  return related?.[0] ?? null;
}

function emptySummary(aggregates: NonNullable<IncludeNode["aggregates"]>): Row {
  const row: Row = {};
  for (const { output, empty } of aggregates) addProperty(row, output.name, empty);
  return row;
}
