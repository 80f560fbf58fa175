import type { InsertRelation, InsertTable } from "../statements/insert-nodes.ts";
import { isNoRow } from "../validate/run-tree.ts";
import { addProperty } from "./row-objects.ts";

type Row = Record<string, unknown>;

/** The rows of one table of a tree, in input order. */
export interface Level<Table extends InsertTable = InsertTable> {
  readonly table: Table;
  /** The own columns of each row, without nested rows. */
  readonly rows: readonly Row[];
  /** The index of the row around each row, among the rows of its level. */
  readonly parents: readonly number[];
  /** The levels of the relations. */
  readonly children: readonly Level<InsertRelation>[];
  /** The path of a row in the input of the call. */
  readonly pathOf: (index: number) => readonly (string | number)[];
}

/** The levels of rows with nested rows that passed validation. */
export function levelOf<Table extends InsertTable>(
  table: Table,
  trees: readonly Readonly<Row>[],
  parents: readonly number[],
  pathOf: Level["pathOf"],
): Level<Table> {
  const names = new Set(table.relations.map(({ name }) => name));
  const children = table.relations.map(relation => childLevel(relation, trees, pathOf));
  return { table, rows: trees.map(tree => ownColumns(tree, names)), parents, children, pathOf };
}

function childLevel(
  relation: InsertRelation,
  trees: readonly Readonly<Row>[],
  parentPath: Level["pathOf"],
): Level<InsertRelation> {
  const rows: Row[] = [];
  const parents: number[] = [];
  const positions: number[] = [];
  for (const [parent, tree] of trees.entries()) {
    if (!Object.hasOwn(tree, relation.name)) continue;
    if (isNoRow(relation, tree[relation.name])) continue;
    const value = tree[relation.name] as Row | readonly Row[];
    for (const [position, row] of (relation.isMany ? (value as readonly Row[]) : [value as Row]).entries()) {
      rows.push(row);
      parents.push(parent);
      positions.push(position);
    }
  }
  return levelOf(relation, rows, parents, index => [
    ...parentPath(parents[index]!),
    relation.name,
    ...(relation.isMany ? [positions[index]!] : []),
  ]);
}

function ownColumns(tree: Readonly<Row>, relations: ReadonlySet<string>): Row {
  const row: Row = {};
  for (const name of Object.keys(tree)) if (!relations.has(name)) addProperty(row, name, tree[name]);
  return row;
}
