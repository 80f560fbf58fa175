import { markAsScoped } from "../driver/statement.ts";
import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireOptions, requireSnapshot } from "../schema/arguments.ts";
import { isSameName } from "../schema/relation.ts";
import { columnOf } from "../schema/relation-of.ts";
import type { ScopedTables, UnknownRules, UnscopedTables } from "../schema/scoped-tables.ts";
import type { AnySchema, Relation, SchemaSnapshot, Scope } from "../schema/snapshot.ts";
import type { FilterOf, TableName } from "../schema/tables.ts";
import { problemText } from "../types/problem.ts";
import { boundSql, type ColumnPlan, columnPlan, comparedSql, isSameValue, nullSql } from "./column-plan.ts";
import { rulesByRelation } from "./scope-rules.ts";
import { type Binder, joinConditions } from "./statement.ts";

/**
 * Table → column → the one value its rows have inside the scope; `null` for rows where the column is NULL. `"*"` stands
 * for every table and view that has the column.
 */
export type ScopeRules<Tables> = {
  readonly [Name in TableName<Tables>]?: {
    readonly [Column in keyof FilterOf<Tables, Name> & string]?: FilterOf<Tables, Name>[Column] | null;
  };
} & { readonly "*"?: Readonly<Record<string, unknown>> };

/** Options of `scope`. */
export interface ScopeOptions<Table extends string = string> {
  /** The tables and views that have no rule on purpose. With `"*"` or `open` a table without a rule is an error. */
  readonly open?: readonly Table[];
}

const SCOPE_OPTIONS: OptionNames<ScopeOptions> = { open: true };

/**
 * A snapshot in which only some rows exist: every read is restricted to them, every insert is stamped with their
 * values, and every update, delete and upsert is guarded, in nested reads too. A scope of a scope has both rules.
 * @param schema a snapshot
 * @param rules table → column → value; `"*"` stands for every table and view that has the column
 * @param options `open`: the tables and views that have no rule on purpose
 * @returns a new snapshot; the given one is unchanged
 * @throws UnknownNameError for an unknown table or column; ArgumentError for a rule that is missing or empty, for a
 * value that the column cannot have or that contradicts the existing scope, and with `"*"` for a table without a rule. `problem`
 * answers them with 500
 * @example `scope(schema, { album: { artist_id: 1 } })` → every statement on album has `"artist_id" = $1::text::int4`
 */
export function scope<
  Tables,
  const Rules extends ScopeRules<Tables>,
  const Open extends TableName<Tables> = never,
>(
  schema: SchemaSnapshot<Tables>,
  rules: Rules & UnknownRules<Tables, Rules>,
  options: ScopeOptions<Open> = {},
): SchemaSnapshot<ScopedTables<Tables, Rules, Open>> {
  try {
    return Object.freeze({ ...schema, scope: mergedScope(schema, rules, options) }) as never;
  } catch (error) {
    mistakes.add(error as object);
    throw error;
  }
}

const mistakes = new WeakSet<object>();

/** Whether `scope` threw the error: its rules are the program's, never a client's. */
export function isScopeMistake(error: unknown): boolean {
  return mistakes.has(error as object);
}

function mergedScope(schema: AnySchema, rules: unknown, options: ScopeOptions): Scope {
  requireSnapshot(schema);
  requireOptions("scope", options, SCOPE_OPTIONS);
  const merged = new Map(
    Object.entries(schema.scope).map(([table, columns]) => [table, new Map(Object.entries(columns))]),
  );
  for (const [relation, columns] of rulesByRelation(schema, rules, options.open)) {
    const known = merged.get(relation.key) ?? new Map<string, string | null>();
    merged.set(relation.key, known);
    for (const [name, value] of Object.entries(columns))
      addRule(known, columnPlan(schema, relation, columnOf(schema, relation.key, name)), value);
  }
  return scopeOfRules(merged);
}

function addRule(known: Map<string, string | null>, plan: ColumnPlan, value: unknown): void {
  const { name } = plan.column;
  const text = scopeText(plan, value);
  const before = known.get(name);
  if (before !== undefined && !isSameValue(plan, before, text))
    throw new ArgumentError(`scope: ${plan.label} already has a different value in the scope`);
  known.set(name, text);
}

function scopeText({ column, codec, label }: ColumnPlan, value: unknown): string | null {
  if (value === undefined)
    throw new ArgumentError(`scope: ${label} requires a value or null, received undefined`);
  if (value === null) return null;
  if (codec.equals === null)
    throw new ArgumentError(`scope: ${label}: type ${column.type} has no equality operator`);
  const problem = codec.check(value);
  if (problem !== undefined) throw new ArgumentError(`scope: ${label}: ${problemText(problem)}`);
  return codec.print(value);
}

function scopeOfRules(rules: ReadonlyMap<string, ReadonlyMap<string, string | null>>): Scope {
  const entries = [...rules].map(([table, columns]) => [table, Object.freeze(Object.fromEntries(columns))]);
  return Object.freeze(Object.fromEntries(entries));
}

/**
 * The snapshot without its scope, for code that may see every tenant.
 * @param schema a scoped snapshot
 * @returns a new snapshot with an empty scope
 * @example `rowsWhereSql(unscoped(scope(schema, { genre: { genre_id: 1 } })), "genre").text` → `SELECT "genre_id", "name" FROM "public"."genre"`
 */
export function unscoped<Tables>(schema: SchemaSnapshot<Tables>): SchemaSnapshot<UnscopedTables<Tables>> {
  requireSnapshot(schema);
  return Object.freeze({ ...schema, scope: Object.freeze({}) }) as never;
}

/** A scoped column and the value it has, as PostgreSQL's text or null. */
export interface ScopeRule {
  readonly column: ColumnPlan;
  readonly text: string | null;
}

/** The scope of one table, on its plan. */
export interface TableScope {
  readonly rules: readonly ScopeRule[];
  /** The names of the scoped columns. */
  readonly names: ReadonlySet<string>;
  /** All that the text of `condition` depends on. */
  readonly shape: string;
  /** The parameters that `condition` binds. */
  readonly params: readonly string[];
  /** `"artist_id" = $1::text::int4`, with the prefix before each column; empty without a scope. */
  readonly condition: (binder: Binder, prefix: string) => string;
}

export const NO_SCOPE: TableScope = Object.freeze({
  rules: [],
  names: new Set<string>(),
  shape: "",
  params: [],
  condition: () => "",
});

/** The scope of a table. A partition or child table is inside the scopes of its parents. */
export function tableScope(
  schema: AnySchema,
  relation: Relation,
  columns: ReadonlyMap<string, ColumnPlan>,
): TableScope {
  const texts = new Map(
    [relation, ...ancestors(schema, relation)]
      .filter(({ key }) => Object.hasOwn(schema.scope, key))
      .flatMap(({ key }) => Object.entries(schema.scope[key]!)),
  );
  const rules = [...texts].map(([name, text]) => ({ column: columns.get(name)!, text }));
  return Object.freeze({
    rules,
    names: new Set(texts.keys()),
    shape: rules.map(({ column, text }) => `${column.shape}${text === null ? "-" : ""}`).join(""),
    params: rules.flatMap(({ text }) => text ?? []),
    condition: (binder: Binder, prefix: string) => rulesCondition(rules, binder, prefix),
  });
}

/** The condition of some rules of a scope, with the prefix before each column; empty without rules. */
export function rulesCondition(rules: readonly ScopeRule[], binder: Binder, prefix: string): string {
  return joinConditions(rules.map(rule => ruleCondition(rule, binder, prefix)));
}

/** The tables that a table is a partition or child of. */
export function ancestors(schema: AnySchema, relation: Relation): readonly Relation[] {
  const parents = schema.relations.filter(one => relation.parents.some(parent => isSameName(parent, one)));
  return parents.flatMap(parent => [parent, ...ancestors(schema, parent)]);
}

function ruleCondition({ column, text }: ScopeRule, binder: Binder, prefix: string): string {
  const { quoted, filterCodec } = column;
  markAsScoped(binder.labels);
  if (text === null) return nullSql(column, prefix + quoted);
  return `${comparedSql(column, prefix)} ${filterCodec.equals} ${boundSql(binder, column, text, filterCodec.castType)}`;
}
