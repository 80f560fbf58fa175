import { ArgumentError } from "../errors.ts";
import { deriveByKey } from "../schema/derived.ts";
import type { AnySchema, Relation, SchemaSnapshot, Scope } from "../schema/snapshot.ts";
import type { FilterOf, TableName } from "../schema/tables.ts";
import { problemText } from "../types/problem-text.ts";
import { type ColumnPlan, planColumn, type RelationPlan, relationPlan } from "./relation-plan.ts";
import { type Binder, bind } from "./statement.ts";

/** Table → column → the one value its rows have inside the scope; `null` for rows where the column is NULL. */
export type ScopeRules<Tables> = {
  readonly [Name in TableName<Tables>]?: {
    readonly [Column in keyof FilterOf<Tables, Name>]?: FilterOf<Tables, Name>[Column] | null;
  };
};

/**
 * A snapshot in which only some rows exist: every read is restricted to them, every insert stamped with them, every
 * update, delete and upsert guarded by them, also in nested reads. A scope of a scope has both.
 * @param schema a snapshot
 * @param rules table → column → value
 * @returns a new snapshot; the given one stays as it was
 * @throws UnknownNameError for an unknown table or column; ArgumentError for a value the column cannot have, and for
 * one that contradicts the scope already there
 * @example `scope(schema, { album: { artist_id: 1 } })` → every statement on album has `"artist_id" = $1::text::int4`
 */
export function scope<Tables>(
  schema: SchemaSnapshot<Tables>,
  rules: ScopeRules<Tables>,
): SchemaSnapshot<Tables> {
  const merged = new Map(
    Object.entries(schema.scope).map(([table, columns]) => [table, new Map(Object.entries(columns))]),
  );
  for (const [table, columns] of Object.entries(
    rules as ScopeRules<Record<string, { row: Record<string, unknown> }>>,
  )) {
    const plan = relationPlan(schema, table);
    const known = merged.get(plan.relation.key) ?? new Map<string, string | null>();
    merged.set(plan.relation.key, known);
    for (const [name, value] of Object.entries(columns ?? {})) {
      addRule(known, plan, planColumn(schema, plan, name), value);
    }
  }
  return Object.freeze({ ...schema, scope: frozenScope(merged) });
}

function addRule(
  known: Map<string, string | null>,
  plan: RelationPlan,
  column: ColumnPlan,
  value: unknown,
): void {
  const where = `scope: ${plan.relation.key}.${column.column.name}`;
  const text = scopeText(where, column, value);
  const before = known.get(column.column.name);
  if (before !== undefined && before !== text)
    throw new ArgumentError(`${where} is in the scope already, with another value`);
  known.set(column.column.name, text);
}

function scopeText(where: string, { codec }: ColumnPlan, value: unknown): string | null {
  if (value === undefined) throw new ArgumentError(`${where} is undefined`);
  if (value === null) return null;
  if (codec.equals === null) throw new ArgumentError(`${where}: its type has no equality`);
  const problem = codec.check(value);
  if (problem !== undefined) throw new ArgumentError(`${where}: ${problemText(problem)}`);
  return codec.print(value);
}

// defineProperty, because a table or column may be called __proto__.
function frozenScope(rules: ReadonlyMap<string, ReadonlyMap<string, string | null>>): Scope {
  const entries = [...rules].map(([table, columns]) => [table, frozenRecord(columns)] as const);
  return frozenRecord(entries);
}

function frozenRecord<Value>(entries: Iterable<readonly [string, Value]>): Readonly<Record<string, Value>> {
  const record: Record<string, Value> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return Object.freeze(record);
}

/**
 * The snapshot without its scope: for the code that may see every tenant.
 * @param schema a scoped snapshot
 * @returns a new snapshot with an empty scope
 */
export function unscoped<Tables>(schema: SchemaSnapshot<Tables>): SchemaSnapshot<Tables> {
  return Object.freeze({ ...schema, scope: Object.freeze({}) });
}

/** The scope's value for a column: PostgreSQL's text or null. */
export type ScopeRule = readonly [column: ColumnPlan, text: string | null];

/** The scope of one table. */
export interface TableScope {
  readonly rules: readonly ScopeRule[];
  /** What `scopeCondition` says, but for the values. */
  readonly shape: string;
  /** The parameters that `scopeCondition` binds. */
  readonly texts: readonly string[];
}

const scopesByPlan = deriveByKey((_scope: Scope, plan: RelationPlan, schema: AnySchema): TableScope => {
  const rules = rulesOf(schema, plan);
  return {
    rules,
    shape: rules.map(([{ quoted }, text]) => `${quoted}${text === null ? "-" : ""}`).join(""),
    texts: rules.flatMap(([, text]) => text ?? []),
  };
});

/** The scope of a table. A partition or child table is inside the scope of its parents. */
export function tableScope(schema: AnySchema, plan: RelationPlan): TableScope {
  return isEmpty(schema.scope) ? NO_SCOPE : scopesByPlan(schema.scope, plan, schema);
}

const NO_SCOPE: TableScope = { rules: [], shape: "", texts: [] };

function isEmpty(scope: Scope): boolean {
  for (const _table in scope) return false;
  return true;
}

/** Parameters, and after them those of the scope. */
export function withScopeTexts(texts: readonly string[], { texts: more }: TableScope): readonly string[] {
  return more.length === 0 ? texts : [...texts, ...more];
}

/** The scope's value for each scoped column of a table. */
export function scopeOf(schema: AnySchema, plan: RelationPlan): readonly ScopeRule[] {
  return tableScope(schema, plan).rules;
}

function rulesOf(schema: AnySchema, plan: RelationPlan): readonly ScopeRule[] {
  const rules = new Map<string, string | null>();
  for (const { key } of withAncestors(schema, plan.relation)) {
    if (!Object.hasOwn(schema.scope, key)) continue;
    for (const [name, text] of Object.entries(schema.scope[key]!)) rules.set(name, text);
  }
  return [...rules].map(([name, text]) => [planColumn(schema, plan, name), text]);
}

function withAncestors(schema: AnySchema, relation: Relation): readonly Relation[] {
  const parents = schema.relations.filter(({ schema: namespace, name }) =>
    relation.parents.some(parent => parent.schema === namespace && parent.name === name),
  );
  return [relation, ...parents.flatMap(parent => withAncestors(schema, parent))];
}

/** The scope as a condition: `"artist_id" = $1::text::int4`; empty without one. */
export function scopeCondition(schema: AnySchema, plan: RelationPlan, binder: Binder, prefix = ""): string {
  return scopeOf(schema, plan)
    .map(([column, text]) =>
      text === null
        ? `${prefix}${column.quoted} IS NULL`
        : `${prefix}${column.quoted} ${column.codec.equals} ${bind(binder, text, column.codec.castType, column)}`,
    )
    .join(" AND ");
}
