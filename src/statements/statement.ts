import type { Statement } from "../driver/send.ts";
import { derive } from "../schema/derived.ts";
import type { Codec } from "../types/codec.ts";

export type { Statement };

/** A statement that returns rows, and how to read them. */
export interface RowStatement extends Statement {
  readonly output: readonly OutputColumn[];
}

export interface OutputColumn {
  readonly name: string;
  /** For messages: `album.title`. */
  readonly label: string;
  readonly codec: Codec;
}

/** The parameters of a statement while its text is being built; `bind` returns the placeholder. */
export interface Binder {
  readonly params: (string | null)[];
  /** The column of each parameter, where it has one. */
  readonly labels: (string | undefined)[];
}

// The columns whose values parameters are, so that a trace can leave out what is secret.
const sources = new WeakMap<readonly unknown[], readonly (string | undefined)[]>();

/** A binder for a new statement, which may start with the parameters of another. */
export function newBinder(before: Statement["params"] = []): Binder {
  const binder: Binder = { params: [...before], labels: [...parameterColumns(before)] };
  withLabels(binder.params, binder.labels);
  return binder;
}

/** The parameters of a statement whose text is known already, with their columns. */
export function withLabels<Params extends Statement["params"]>(
  params: Params,
  labels: readonly (string | undefined)[],
): Params {
  sources.set(params, labels);
  return params;
}

/** The columns whose values the parameters of a statement are, `album.title`, as far as they are known. */
export function parameterColumns(params: readonly unknown[]): readonly (string | undefined)[] {
  return sources.get(params) ?? [];
}

/**
 * Adds a list as one array parameter. An array of a built-in type, which no statement can find changed, is cast once:
 * only then is it a constant to the planner, and a long list is hashed instead of searched from the start for each row.
 */
export function bindList(
  binder: Binder,
  text: string,
  elementType: string,
  column?: { readonly label: string },
): string {
  if (/["]|::/.test(elementType)) return bind(binder, text, `${elementType}[]`, column);
  bind(binder, text, "text", column);
  return `$${binder.params.length}::${elementType}[]`;
}

/**
 * Adds a parameter, the value of `column` or compared with it; `$1::text::int4` keeps its type text, whatever the
 * column becomes.
 */
export function bind(
  binder: Binder,
  text: string | null,
  castType: string,
  column?: { readonly label: string },
): string {
  const count = binder.params.push(text);
  // By its place: parameters of raw SQL have none.
  binder.labels[count - 1] = column?.label;
  return castType === "text" ? `$${count}::text` : `$${count}::text::${castType}`;
}

/** The conditions joined by AND; an empty one is no condition. */
export function joinConditions(conditions: readonly string[]): string {
  return conditions.filter(text => text !== "").join(" AND ");
}

/** ` WHERE ...` of the conditions, or nothing. */
export function whereSql(conditions: readonly string[]): string {
  const text = joinConditions(conditions);
  return text === "" ? "" : ` WHERE ${text}`;
}

/** What the statements of one shape have in common. Never the parameters: no row's values are to be kept. */
interface Shape {
  readonly built: Omit<Statement, "params">;
  readonly labels: readonly (string | undefined)[];
}

// Shapes come from the program's text; where they come from the network's, they are thrown away in time.
export const MOST_SHAPES = 1000;
const shapesByOwner = derive((_owner: object) => new Map<string, Shape>());

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
  const known = isKept ? shapesByOwner(owner).get(shape) : undefined;
  if (known !== undefined) {
    return { ...known.built, params: withLabels(params, known.labels) } as Built;
  }
  const binder = newBinder();
  const built = build(binder);
  if (isKept) keep(owner, shape, { built, labels: binder.labels });
  return { ...built, params: binder.params } as unknown as Built;
}

function keep(owner: object, name: string, shape: Shape): void {
  const shapes = shapesByOwner(owner);
  if (shapes.size >= MOST_SHAPES) shapes.clear();
  shapes.set(name, shape);
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
