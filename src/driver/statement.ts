import type { SqlHandle, SqlQuery } from "./handle.ts";
import { templateOf } from "./handle.ts";

/** SQL with `$1`, `$2` ... and its parameters, each in PostgreSQL's text format or null. */
export interface Statement {
  readonly text: string;
  /** Strings only, so that the driver never has to guess a type. */
  readonly params: readonly (string | null)[];
}

/** A statement that is sent with others. */
export interface TogetherStatement extends Statement {
  /** Whether rows are wanted as arrays. */
  readonly isValues?: boolean;
}

/**
 * A query that the driver prepares, and sends without waiting for the results of earlier ones. `unsafe` without parameters
 * uses the simple protocol, which waits; a template tag prepares the statement.
 */
export function queryOf(sql: SqlHandle, { text, params, isValues }: TogetherStatement): SqlQuery {
  const query =
    params.length > 0
      ? sql.unsafe(text, params as (string | null)[])
      : (sql as unknown as TemplateTag)(templateOf([text]));
  return isValues || sql.options.transform ? (query.values() as SqlQuery) : query;
}

type TemplateTag = (strings: TemplateStringsArray) => SqlQuery;

export type Labels = readonly (string | undefined)[];

/** Compares the database with the snapshot of a statement, and returns the differences as lines. */
export type FindDifferences = (sql: SqlHandle) => Promise<readonly string[]>;

// A hidden property of the array, because a WeakMap takes several times as long, also in the garbage collector.
const LABELS: unique symbol = Symbol.for("rowfn.parameterColumns");

const ownLabels = new WeakMap<Labels, FindDifferences>();
const scopedLabels = new WeakSet<Labels>();

/** Stores the columns, such as `album.title`, that the parameters of a statement belong to, and returns the parameters. */
export function withColumns<Params extends readonly unknown[]>(params: Params, labels: Labels): Params {
  return Object.defineProperty(params, LABELS, { value: labels, configurable: true });
}

/** The columns, such as `album.title`, whose values the parameters are; undefined for other parameters. */
export function parameterColumns(params: readonly unknown[]): Labels {
  return (params as { readonly [LABELS]?: Labels })[LABELS] ?? [];
}

/** Marks the statements with these parameter columns as written by rowfn from a snapshot. */
export function markAsOwn(labels: Labels, findDifferences: FindDifferences): void {
  ownLabels.set(labels, findDifferences);
}

/** Marks the statements with these parameter columns as containing raw SQL of the caller. */
export function markAsRaw(labels: Labels): void {
  ownLabels.delete(labels);
}

/** What `markAsOwn` stored for a statement; undefined for a statement with raw SQL. */
export function differencesOf(params: readonly unknown[]): FindDifferences | undefined {
  return ownLabels.get(parameterColumns(params));
}

/** Marks the statements with these parameter columns as restricted to the rows of a scope. */
export function markAsScoped(labels: Labels): void {
  scopedLabels.add(labels);
}

/** Marks the statements with some parameter columns as scoped if those with other ones are, of which they are a part. */
export function passScope(from: Labels, to: Labels): void {
  if (scopedLabels.has(from)) scopedLabels.add(to);
}

/** The columns of the parameters of a statement, for one that begins with these parameters. */
export function labelsOf(params: readonly unknown[]): (string | undefined)[] {
  const labels = parameterColumns(params);
  const copy = [...labels];
  passScope(labels, copy);
  return copy;
}

/** Whether a statement is restricted to the rows of a scope, so that its errors must not show other rows. */
export function isScoped(params: readonly unknown[]): boolean {
  return scopedLabels.has(parameterColumns(params));
}
