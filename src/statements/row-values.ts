import type { AnySchema } from "../schema/snapshot.ts";
import { type Assignment, assignedText, assignments, stamped, withoutScope } from "./assignments.ts";
import { isFragment } from "./fragment.ts";
import type { ColumnPlan, RelationPlan } from "./relation-plan.ts";
import { scopeOf } from "./scope.ts";
import { MOST_SHAPES } from "./shape.ts";

/** What rows have in common whose statements have the same text: their columns, and which are NULL. Never values. */
export interface RowShape {
  readonly columns: readonly ColumnPlan[];
  readonly nulls: readonly boolean[];
}

/** What a statement writes of a row. */
export interface RowValues {
  /** Undefined for a row with raw SQL, whose text is its own. */
  readonly shape: RowShape | undefined;
  readonly texts: readonly string[];
  /** For a text that is not known yet. */
  readonly given: () => readonly Assignment[];
}

type Purpose = "insert" | "update";

interface TableShapes {
  readonly byName: Map<string, RowShape>;
  /** The last row's: the next one mostly has the same. */
  readonly last: Partial<Record<Purpose, RowShape>>;
}

const shapesByPlan = new WeakMap<RelationPlan, TableShapes>();

/** The values of a row that passed validation, in the row's order, with the scope's. */
export function rowValues(schema: AnySchema, plan: RelationPlan, row: object, purpose: Purpose): RowValues {
  const shapes = shapesByPlan.get(plan) ?? newShapes(plan);
  const isScoped = scopeOf(schema, plan).length > 0;
  const again = isScoped ? undefined : valuesLike(shapes.last[purpose], row);
  if (again !== undefined) return again;
  const restricted = purpose === "insert" ? stamped : withoutScope;
  const given = restricted(schema, plan, assignments(schema, plan, row));
  if (given.some(({ value }) => isFragment(value)))
    return { shape: undefined, texts: [], given: () => given };
  const texts = given.map(assignedText);
  const shape = shapeOf(shapes, given, texts);
  if (!isScoped) shapes.last[purpose] = shape;
  return { shape, texts: texts.filter(text => text !== null), given: () => given };
}

function newShapes(plan: RelationPlan): TableShapes {
  const shapes: TableShapes = { byName: new Map(), last: {} };
  shapesByPlan.set(plan, shapes);
  return shapes;
}

function shapeOf(
  { byName }: TableShapes,
  given: readonly Assignment[],
  texts: readonly (string | null)[],
): RowShape {
  const name = given.map(({ column }, at) => `${column.quoted}${texts[at] === null ? "-" : ""}`).join("");
  const known = byName.get(name);
  if (known !== undefined) return known;
  const shape = { columns: given.map(({ column }) => column), nulls: texts.map(text => text === null) };
  if (byName.size >= MOST_SHAPES) byName.clear();
  byName.set(name, shape);
  return shape;
}

// Each value is read once: what a getter gives later is not what was judged.
function valuesLike(shape: RowShape | undefined, row: object): RowValues | undefined {
  if (shape === undefined) return undefined;
  const { columns, nulls } = shape;
  const names = Object.keys(row);
  if (names.length !== columns.length) return undefined;
  const values: unknown[] = [];
  const texts: string[] = [];
  for (let at = 0; at < columns.length; at++) {
    const { column, codec } = columns[at]!;
    const value = row[column.name as keyof typeof row] as unknown;
    if (column.name !== names[at] || (value === null) !== nulls[at] || isFragment(value)) return undefined;
    values.push(value);
    if (value !== null) texts.push(codec.print(value as never));
  }
  return { shape, texts, given: () => values.map((value, at) => ({ column: columns[at]!, value })) };
}
