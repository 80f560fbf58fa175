import { differencesOf, markAsRaw, parameterColumns } from "../driver/statement.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { IncludeNode } from "./include.ts";
import {
  type LevelClauses,
  type LevelNames,
  type LevelSelect,
  levelNames,
  levelSql,
} from "./include-level.ts";
import { type RelationPlan, relationPlan } from "./relation-plan.ts";
import {
  bindAll,
  type Clause,
  type OutputColumn,
  type RowStatement,
  type Statement,
  statementOf,
} from "./statement.ts";

/** A statement that returns rows and their related rows. Cell 0 of each result row is the number of its level. */
export interface NestedStatement extends Statement {
  /** The rows themselves, then the rows of each relation. */
  readonly levels: readonly Level[];
}

/** The rows of one relation in the result. */
export interface Level {
  /** The columns of the rows, without those that only relate them. */
  readonly output: readonly OutputColumn[];
  /** The cell of each of these columns. */
  readonly cells: readonly number[];
  /** Cells of a row and of its parent row that have equal values; empty for level 0. */
  readonly related: readonly { readonly own: number; readonly parent: number }[];
}

/** A relation, and the number of the level that it belongs to. */
export interface PlacedNode {
  readonly node: IncludeNode;
  readonly parent: number;
}

/** The rows that an include is for. */
export interface NestedRoot {
  readonly plan: RelationPlan;
  readonly statement: RowStatement;
  /** Columns of the statement that are only read to find related rows. */
  readonly hidden: readonly string[];
}

/** The relations of an include in the order of the levels, from level 1. */
export function placeNodes(nodes: readonly IncludeNode[]): readonly PlacedNode[] {
  const placed: PlacedNode[] = [];
  const place = (some: readonly IncludeNode[], parent: number): void => {
    for (const node of some) place(node.children, placed.push({ node, parent }));
  };
  place(nodes, 0);
  return placed;
}

/**
 * The statement of rows with their related rows, in one round trip and from one state of the data. Each relation is a
 * CTE that reads rows by the keys in the CTE of its parent. Values keep their types, so they are decoded as elsewhere.
 */
export function nestedSql(
  schema: AnySchema,
  { plan, statement, hidden }: NestedRoot,
  placed: readonly PlacedNode[],
): NestedStatement {
  const clauses = [rootClause(statement)];
  let kind = `nested${JSON.stringify(hidden)}`;
  for (const { node, parent } of placed) {
    clauses.push(node.filter, node.junction, node.order, node.limit, node.summary);
    kind += `\n${parent}${node.shape}`;
  }
  return statementOf<NestedStatement>(schema, schema.relations, kind, clauses, (text, ...texts) => {
    const selects: LevelSelect[] = [{ text, output: statement.output, hidden, key: [] }];
    const plans = [plan];
    const names = levelNames([plan, ...placed.flatMap(({ node }) => joinedPlans(schema, node))]);
    for (const [index, { node, parent }] of placed.entries()) {
      const [filter, junction, order, limit, summary] = texts.slice(index * 5) as [string, ...string[]];
      const from = { number: parent, names, plan: plans[parent]!, output: selects[parent]!.output };
      selects.push(levelSql(schema, node, from, { filter, junction, order, limit, summary } as LevelClauses));
      plans.push(node.plan);
    }
    return unionSql(names, selects, [0, ...placed.map(({ parent }) => parent)]);
  });
}

function joinedPlans(schema: AnySchema, { plan, link: { through } }: IncludeNode): readonly RelationPlan[] {
  return through === undefined ? [plan] : [plan, relationPlan(schema, through.table)];
}

function rootClause({ text, params }: RowStatement): Clause {
  const sql: Clause["sql"] = binder => {
    bindAll(binder, params, parameterColumns(params));
    if (differencesOf(params) === undefined) markAsRaw(binder.labels);
    return text;
  };
  return { shape: text, params: params as readonly string[], sql };
}

interface Column {
  readonly name: string;
  readonly type: string;
}

// UNION ALL returns the rows of its parts in order. Columns of one type share a cell, which is NULL for other levels.
function unionSql(
  names: LevelNames,
  selects: readonly LevelSelect[],
  parents: readonly number[],
): Omit<NestedStatement, "params"> {
  const isNumbered = selects.map((_, level) =>
    selects.some(({ key }, child) => key === undefined && parents[child] === level),
  );
  const columns = selects.map((select, level) => levelColumns(names, select, isNumbered[level]!));
  const { types, cellsOf } = assignCells(columns);
  const ctes = selects.map(({ text }, level) => {
    const rows = isNumbered[level] ? `SELECT *, (row_number() OVER ())::int4 FROM (${text}) AS "rows"` : text;
    return `"level${level}" (${columns[level]!.map(({ name }) => name).join(", ")}) AS (${rows})`;
  });
  const parts = columns.map((own, level) => {
    const cells = types.map((type, at) => own[cellsOf[level]!.indexOf(at + 1)]?.name ?? nullOf(type));
    return `SELECT ${[level, ...cells].join(", ")} FROM "level${level}"`;
  });
  const cellOf = (level: number, name: string): number =>
    cellsOf[level]![columns[level]!.findIndex(column => column.name === name)]!;
  const columnCell = (level: number, name: string): number =>
    cellsOf[level]![selects[level]!.output.findIndex(column => column.name === name)]!;
  return {
    text: `WITH ${ctes.join(", ")} ${parts.join(" UNION ALL ")}`,
    levels: selects.map(({ output, hidden, key }, level) => {
      const shown = output.filter(({ name }) => !hidden.includes(name));
      const parent = parents[level]!;
      return {
        output: shown,
        cells: shown.map(({ name }) => columnCell(level, name)),
        related: key?.map(pair => ({
          own: columnCell(level, pair.own),
          parent: columnCell(parent, pair.parent),
        })) ?? [{ own: cellOf(level, names.parent), parent: cellOf(parent, names.number) }],
      };
    }),
  };
}

// The type of a computed column is not known. It is in level 0, which decides the type of the cell.
function nullOf(type: string): string {
  return type === "" ? "NULL" : `NULL::${type}`;
}

function levelColumns(
  names: LevelNames,
  { output, key }: LevelSelect,
  isNumbered: boolean,
): readonly Column[] {
  return [
    ...output.map(({ codec: { readCast, castType } }, index) => ({
      name: names.column(index + 1),
      type: readCast === "" ? castType : readCast.slice(2),
    })),
    ...(key === undefined ? [{ name: names.parent, type: "int4" }] : []),
    ...(isNumbered ? [{ name: names.number, type: "int4" }] : []),
  ];
}

interface Cells {
  /** The type of each cell, from cell 1. */
  readonly types: readonly string[];
  /** The cell of each column of each level. */
  readonly cellsOf: readonly (readonly number[])[];
}

function assignCells(levels: readonly (readonly Column[])[]): Cells {
  const types: string[] = [];
  const cellsOf = levels.map(columns => {
    const used = new Set<number>();
    return columns.map(({ type }) => {
      const free = types.findIndex((known, index) => known === type && !used.has(index));
      const cell = free === -1 ? types.push(type) - 1 : free;
      used.add(cell);
      return cell + 1;
    });
  });
  return { types, cellsOf };
}
