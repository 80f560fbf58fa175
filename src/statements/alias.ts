import { ArgumentError } from "../errors.ts";
import { newIdentifier } from "../schema/new-identifier.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { Codec } from "../types/codec.ts";
import { describeValue } from "../types/problem.ts";
import { codecFor } from "../types/resolve.ts";
import { type Fragment, isFragment } from "./fragment.ts";
import { partSql } from "./fragment-sql.ts";
import { type Binder, type Clause, NO_CLAUSE, type OutputColumn } from "./statement.ts";

const ALIAS: unique symbol = Symbol.for("rowfn.alias");

/** A computed column of `select`, created by `alias`. */
export interface Alias<Name extends string = string, Beside = never> {
  readonly [ALIAS]: Name;
  readonly sql: Fragment;
  /** The columns beside it: by a list of computed ones alone the compiler would infer all columns of the table. */
  readonly "~columns"?: Beside;
}

/** A computed column beside any columns. */
export type AnyAlias = Alias<string, unknown>;

/**
 * A computed column in `select` of the functions that read rows. Its values are those of its type, as with `q`.
 * @param name the name in the result
 * @param sql the value of each row
 * @throws ArgumentError for anything but `expr`
 * @example ``rowsWhereSql(schema, "track", { select: ["name", alias("minutes", expr`seconds / 60`)], limit: 1 }).text`` →
 * `SELECT "name", (seconds / 60) AS "minutes" FROM "public"."track" LIMIT 1`
 */
export function alias<const Name extends string>(name: Name, sql: Fragment): Alias<Name, never> {
  if (typeof name !== "string" || name === "")
    throw new ArgumentError(`alias requires a name, received ${describeValue(name)}`);
  // PostgreSQL would silently truncate a longer name.
  newIdentifier(name);
  if (!isFragment(sql))
    throw new ArgumentError(`alias ${JSON.stringify(name)} requires expr, received ${describeValue(sql)}`);
  return Object.freeze({ [ALIAS]: name, sql });
}

/** A select list, divided into columns and computed columns. */
export interface SplitSelect {
  /** Undefined for all columns. */
  readonly columns: readonly string[] | undefined;
  readonly aliases: readonly AnyAlias[];
}

const NONE: readonly AnyAlias[] = [];

/** The select list of a read without `select`. */
export const ALL_COLUMNS: SplitSelect = { columns: undefined, aliases: NONE };

export function splitSelect(select: readonly (string | AnyAlias)[] | undefined): SplitSelect {
  if (!Array.isArray(select)) return { columns: select as undefined, aliases: NONE };
  if (select.some(isFragment))
    throw new ArgumentError('raw SQL in select requires a name; write alias("name", expr`...`)');
  if (!select.some(isAlias)) return { columns: select as readonly string[], aliases: NONE };
  return {
    columns: select.filter(one => !isAlias(one)) as readonly string[],
    aliases: select.filter(isAlias),
  };
}

export function isAlias(value: unknown): value is AnyAlias {
  return typeof value === "object" && value !== null && ALIAS in value;
}

export function aliasNames(aliases: readonly AnyAlias[]): readonly string[] {
  return aliases.map(one => one[ALIAS]);
}

/** The items of a select list for computed columns; their texts are not cached. */
export function aliasClause(schema: AnySchema, aliases: readonly AnyAlias[]): Clause {
  if (aliases.length === 0) return NO_CLAUSE;
  return {
    shape: undefined,
    params: [],
    sql: binder => aliases.map(one => aliasSql(schema, binder, one)).join(", "),
  };
}

function aliasSql(schema: AnySchema, binder: Binder, { [ALIAS]: name, sql }: AnyAlias): string {
  return `(${partSql(schema, binder, sql, `alias ${JSON.stringify(name)}`)}) AS ${quoteIdentifier(name)}`;
}

/** The output of computed columns, whose types are not known; throws ArgumentError for a name that appears twice. */
export function aliasOutput(
  schema: AnySchema,
  table: string,
  columns: readonly OutputColumn[],
  aliases: readonly AnyAlias[],
): readonly OutputColumn[] {
  const codec: Codec = { ...codecFor(schema, "text", -1), castType: "", readCast: "", decode: null };
  const names = new Set(columns.map(({ name }) => name));
  return aliasNames(aliases).map(name => {
    if (names.has(name))
      throw new ArgumentError(`${table}: two result columns are named ${name}; choose a different alias`);
    names.add(name);
    return { name, label: `${table}: alias ${name}`, codec, computed: schema };
  });
}
