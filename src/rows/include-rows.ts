import { NotUniqueError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { IncludeNode } from "../statements/include.ts";
import {
  type Level,
  type NestedRoot,
  nestedSql,
  type PlacedNode,
  placeNodes,
} from "../statements/include-sql.ts";
import { addProperty, decodeRows } from "./decode-rows.ts";
import type { Runnable } from "./run.ts";

type Row = Record<string, unknown>;
type Cells = readonly unknown[];

/** The statement of rows with their related rows, with the function that nests the rows of its result. */
export function nestedRead(schema: AnySchema, root: NestedRoot, nodes: readonly IncludeNode[]): Runnable {
  const placed = placeNodes(nodes);
  const { levels, ...statement } = nestedSql(schema, root, placed);
  return { ...statement, nest: result => nestRows(levels, placed, result) };
}

function nestRows(levels: readonly Level[], placed: readonly PlacedNode[], result: readonly Cells[]): Row[] {
  const cells: Cells[][] = levels.map(() => []);
  for (const row of result) cells[row[0] as number]!.push(row);
  const rows = levels.map((level, index) => decodeRows(level.output, rowsOf(level, cells[index]!)));
  for (const [index, { node, parent }] of placed.entries()) {
    const level = index + 1;
    const { related } = levels[level]!;
    const groups = groupRows(rows[level]!, cells[level]!, identityOf(related.map(({ own }) => own)));
    const identity = identityOf(related.map(cell => cell.parent));
    const parents = rows[parent]!;
    for (let at = 0; at < parents.length; at++) {
      const key = identity(cells[parent]![at]!);
      addProperty(parents[at]!, node.name, includedValue(node, groups.get(key)));
    }
  }
  return rows[0]!;
}

function rowsOf({ output, cells }: Level, result: readonly Cells[]): Row[] {
  const names = output.map(({ name }) => name);
  return result.map(values => {
    const row: Row = {};
    for (let at = 0; at < names.length; at++) addProperty(row, names[at]!, values[cells[at]!]);
    return row;
  });
}

function groupRows(
  rows: readonly Row[],
  cells: readonly Cells[],
  identity: (row: Cells) => unknown,
): ReadonlyMap<unknown, Row[]> {
  const groups = new Map<unknown, Row[]>();
  for (let at = 0; at < rows.length; at++) {
    const key = identity(cells[at]!);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [rows[at]!]);
    else group.push(rows[at]!);
  }
  return groups;
}

// A value that rows with equal keys share. The values of these cells are numbers and strings; a NULL finds no rows.
function identityOf(cells: readonly number[]): (row: Cells) => unknown {
  const [only] = cells;
  if (cells.length === 1) return row => row[only!];
  return row => JSON.stringify(cells.map(cell => String(row[cell])));
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
