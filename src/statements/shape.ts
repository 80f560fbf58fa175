import { type Binder, newBinder, type Statement, withLabels } from "./statement.ts";

/** What the statements of one shape have in common. Never the parameters: no row's values are to be kept. */
interface Shape {
  readonly built: Omit<Statement, "params">;
  readonly labels: readonly (string | undefined)[];
}

// Shapes come from the program's text; where they come from the network's, they are thrown away in time.
export const MOST_SHAPES = 1000;
const shapesByOwner = new WeakMap<object, Map<string, Shape>>();

/**
 * A statement whose text is built once for all of its shape.
 * @param owner what has the shapes: a table's plan, or the shape of a row of it; undefined for a text that is not kept
 * @param shape all else that the text depends on; undefined for a text that is not kept
 * @param params what `build` binds, in its order
 */
export function shaped<Built extends Statement>(
  owner: object | undefined,
  shape: string | undefined,
  params: readonly string[],
  build: (binder: Binder) => Omit<Built, "params">,
): Built {
  const isKept = owner !== undefined && shape !== undefined;
  const known = isKept ? shapesByOwner.get(owner)?.get(shape) : undefined;
  if (known !== undefined) {
    return { ...known.built, params: withLabels(params, known.labels) } as Built;
  }
  const binder = newBinder();
  const built = build(binder);
  if (isKept) keep(owner, shape, { built, labels: binder.labels });
  return { ...built, params: binder.params } as unknown as Built;
}

function keep(owner: object, name: string, shape: Shape): void {
  const shapes = shapesByOwner.get(owner) ?? new Map<string, Shape>();
  if (shapes.size >= MOST_SHAPES) shapes.clear();
  shapesByOwner.set(owner, shapes.set(name, shape));
}

/** A shape of all that it depends on, "" for what is by default; undefined when a part is, for what is not kept. */
export function shapeOf(kind: string, ...parts: readonly (string | undefined)[]): string | undefined {
  let shape = kind;
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    if (part === undefined) return undefined;
    // A constant where all is by default: its hash is known.
    if (part !== "") shape += `|${at}${part}`;
  }
  return shape;
}

/** Column names as part of a shape; undefined for what is no list, which `build` refuses. */
export function namesShape(names: readonly string[] | undefined | false): string | undefined {
  if (names === undefined) return "";
  if (names === false) return "-";
  return Array.isArray(names) ? JSON.stringify(names) : undefined;
}
