import { ArgumentError } from "../errors.ts";
import type { TableName } from "../schema/tables.ts";
import { describeValue } from "../types/problem.ts";
import type { KnownRelations } from "./include.ts";
import type { InsertInclude } from "./insert-nodes.ts";

const WRITER: unique symbol = Symbol.for("rowfn.nest");

/** The functions that insert rows with nested rows. They are part of the include, so that a plain insert is small. */
export interface TreeWriter<Context> {
  readonly insertOne: (context: Context, row: unknown) => Promise<unknown>;
  readonly insertMany: (context: Context, rows: never) => Promise<unknown>;
}

/** The relations whose rows are nested in rows to insert, created by `nest`. */
export interface Nest<Relations = InsertInclude> {
  readonly [WRITER]: TreeWriter<never>;
  readonly relations: Relations;
}

/** The option `include` of an insert, checked against the generated module. */
export interface NestOption<Tables, Name extends TableName<Tables>, Wanted> {
  /** The relations whose rows are nested in the rows, created by `nest`. */
  readonly include?: Nest<Wanted> & { readonly relations: KnownRelations<Tables, Name, Wanted> };
}

/** The include of relations and the functions that insert their rows. */
export function newNest<const Relations>(writer: TreeWriter<never>, relations: Relations): Nest<Relations> {
  return Object.freeze({ [WRITER]: writer, relations });
}

/** The functions of an include; throws ArgumentError for anything that `nest` did not create. */
export function treeWriter<Context>(name: string, include: unknown): TreeWriter<Context> {
  requireNest(name, include);
  return include[WRITER] as TreeWriter<unknown> as TreeWriter<Context>;
}

/** Throws ArgumentError for anything that `nest` did not create. */
export function requireNest(name: string, include: unknown): asserts include is Nest {
  if (typeof include === "object" && include !== null && WRITER in include) return;
  throw new ArgumentError(
    `${name}: include must be nest({ relation: true }), received ${describeValue(include)}`,
  );
}
