import {
  labelsOf,
  markAsOwn,
  markAsScoped,
  passScope,
  type Statement,
  withColumns,
} from "../driver/statement.ts";
import { derive } from "../schema/derived.ts";
import type { AnySchema, Scope } from "../schema/snapshot.ts";

export type { OutputColumn, RowStatement } from "./output-column.ts";
export type { Statement };

/** The parameters of a statement whose text is being built; `bind` adds one and returns its placeholder. */
export interface Binder {
  readonly params: (string | null)[];
  /** The column of each parameter, if it has one. */
  readonly labels: (string | undefined)[];
  /** In an upsert: the SQL of a column of the existing row or of the row to insert. */
  readonly upsertColumn?: (row: "old" | "excluded", column: string) => string;
}

/** A binder for a new statement; it can start with the parameters of a different one. */
export function newBinder(before: Statement["params"] = []): Binder {
  const labels = labelsOf(before);
  return { params: withColumns([...before], labels), labels };
}

/** Whether a scope has no rule. */
export function isEmptyScope(scope: Scope): boolean {
  for (const _table in scope) return false;
  return true;
}

/** As `newBinder`; under a scope the statement's errors show no values of other rows. */
export function scopedBinder({ scope }: AnySchema, before?: Statement["params"]): Binder {
  const binder = newBinder(before);
  if (!isEmptyScope(scope)) markAsScoped(binder.labels);
  return binder;
}

/** A binder for a new statement that rowfn writes from a snapshot; raw SQL in it unmarks the statement. */
export function ownBinder(schema: AnySchema): Binder {
  const binder = scopedBinder(schema);
  // Loaded only for an error.
  const load = () => import("../schema/find-differences.ts");
  markAsOwn(binder.labels, async sql => (await load()).findDifferences(schema.relations, schema)(sql));
  return binder;
}

/**
 * Adds a parameter that is a value of `column` or compared with it. The parameter of `$1::text::int4` stays of type
 * text if the type of the column changes.
 */
export function bind(
  binder: Binder,
  text: string | null,
  castType: string,
  column?: { readonly label: string },
): string {
  const count = binder.params.push(text);
  // By index, because parameters of raw SQL have no label.
  binder.labels[count - 1] = column?.label;
  return castType === "text" ? `$${count}::text` : `$${count}::text::${castType}`;
}

/** Adds the parameters of a whole statement. */
export function bindAll(
  binder: Binder,
  params: Statement["params"],
  labels: readonly (string | undefined)[],
): void {
  const { length } = binder.params;
  passScope(labels, binder.labels);
  for (const [index, param] of params.entries()) {
    binder.params.push(param);
    binder.labels[length + index] = labels[index];
  }
}

/** Removes the parameters after the first `count`, because the SQL that they belong to is left out. */
export function dropParams({ params, labels }: Binder, count: number): void {
  params.length = count;
  labels.length = Math.min(labels.length, count);
}

/** The conditions joined by AND; an empty string is not a condition. */
export function joinConditions(conditions: readonly string[]): string {
  return conditions.filter(text => text !== "").join(" AND ");
}

/** ` WHERE ...` of the conditions, or nothing. */
export function whereSql(conditions: readonly string[]): string {
  const text = joinConditions(conditions);
  return text === "" ? "" : ` WHERE ${text}`;
}

/** A part of a statement. */
export interface Clause {
  /** All that the text depends on, apart from the table; undefined if the text must not be cached. */
  readonly shape: string | undefined;
  /** The parameters that `sql` binds, in order; empty without a shape. */
  readonly params: readonly string[];
  readonly sql: (binder: Binder) => string;
}

export const NO_CLAUSE: Clause = Object.freeze({ shape: "", params: [], sql: () => "" });

/** The parameters of a clause of two parts, of which the second is mostly the scope and has none. */
export function joinParams(first: readonly string[], second: readonly string[]): readonly string[] {
  return second.length === 0 ? first : [...first, ...second];
}

/** The parts that all statements of one shape share. Parameters are never cached. */
interface CachedText {
  readonly built: Omit<Statement, "params">;
  readonly labels: readonly (string | undefined)[];
}

/** The largest number of shapes that a cache holds. Shapes come from the program, or from requests. */
export const MAX_SHAPES = 1000;

// By kind and by the shapes of the clauses: to join these to one string would take longer than to find the text.
interface TextCache {
  size: number;
  readonly kinds: Map<string, TextNode>;
}

interface TextNode {
  text: CachedText | undefined;
  /** By the position of a clause and its shape. */
  readonly clauses: (Map<string, TextNode> | undefined)[];
}

const textsOf = derive((_owner: object): TextCache => ({ size: 0, kinds: new Map() }));

/**
 * A statement of clauses, whose text is built once per shape.
 * @param schema the snapshot
 * @param owner has the cached texts: a table, or the shape of a row of it; undefined if the text must not be cached
 * @param kind all that the text depends on apart from the clauses; undefined if the text must not be cached
 * @param clauses in the order of their parameters
 * @param build returns the text and what belongs to it, from the texts of the clauses
 */
export function statementOf<Built extends Statement>(
  schema: AnySchema,
  owner: object | undefined,
  kind: string | undefined,
  clauses: readonly Clause[],
  build: (...texts: string[]) => Omit<Built, "params">,
): Built {
  const texts = owner === undefined || kind === undefined ? undefined : textsOf(owner);
  // Tables without a rule have the same texts with and without a scope.
  const ofScope = isEmptyScope(schema.scope) ? kind : `^${kind}`;
  const known = texts && findText(texts, ofScope!, clauses);
  if (known !== undefined)
    return { ...known.built, params: withColumns(clausesParams(clauses), known.labels) } as unknown as Built;
  const binder = ownBinder(schema);
  const built = build(...clauses.map(({ sql }) => sql(binder)));
  if (texts !== undefined) cacheText(texts, ofScope!, clauses, { built, labels: binder.labels });
  return { ...built, params: binder.params } as unknown as Built;
}

// A loop by index is faster than array methods, and for a cached statement this is much of the library's own work.
function findText({ kinds }: TextCache, kind: string, clauses: readonly Clause[]): CachedText | undefined {
  let node = kinds.get(kind);
  for (let at = 0; at < clauses.length && node !== undefined; at++) {
    const { shape } = clauses[at]!;
    if (shape === undefined) return undefined;
    if (shape !== "") node = node.clauses[at]?.get(shape);
  }
  return node?.text;
}

function cacheText(cache: TextCache, kind: string, clauses: readonly Clause[], text: CachedText): void {
  if (clauses.some(({ shape }) => shape === undefined)) return;
  if (cache.size++ >= MAX_SHAPES) {
    cache.kinds.clear();
    cache.size = 1;
  }
  let node = nextNode(cache.kinds, kind);
  for (const [at, { shape }] of clauses.entries()) {
    if (shape === "") continue;
    node.clauses[at] ??= new Map();
    node = nextNode(node.clauses[at]!, shape!);
  }
  node.text = text;
}

function nextNode(nodes: Map<string, TextNode>, part: string): TextNode {
  if (!nodes.has(part)) nodes.set(part, { text: undefined, clauses: [] });
  return nodes.get(part)!;
}

function clausesParams(clauses: readonly Clause[]): readonly string[] {
  const all: string[] = [];
  // Loops by index, because this is much of the library's own work for a cached statement.
  for (let at = 0; at < clauses.length; at++) {
    const { params } = clauses[at]!;
    for (let index = 0; index < params.length; index++) all.push(params[index]!);
  }
  return all;
}

/** A shape of several parts, "" for a default; undefined if a part is. */
export function shapeOf(
  kind: string | undefined,
  ...parts: readonly (string | undefined)[]
): string | undefined {
  let shape = kind;
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    if (part === undefined) return undefined;
    // Without other parts it is a constant, whose hash is known.
    if (part !== "") shape += `|${at}${part}`;
  }
  return shape;
}

/** A name as part of a shape, in which its end is known whatever follows. */
export function nameShape(name: string): string {
  return JSON.stringify(name);
}

/** Column names as part of a shape; undefined for anything but strings, which is rejected when the text is built. */
export function namesShape(names: readonly string[] | undefined): string | undefined {
  if (names === undefined) return "";
  const isList = Array.isArray(names) && names.every(name => typeof name === "string");
  return isList ? JSON.stringify(names) : undefined;
}

/** The option `returning` as part of a shape, as `namesShape`. */
export function returningShape(returning: readonly string[] | boolean | undefined): string | undefined {
  if (returning === true) return "";
  return returning === false ? "-" : namesShape(returning);
}
