import type * as v from "valibot";
import { columnDefault } from "../schema/column-default.ts";
import { derive, deriveByKey } from "../schema/derived.ts";
import type { Trigger } from "../schema/relation.ts";
import { canChangeInserts, canChangeUpdates, firesFor } from "../schema/row-triggers.ts";
import {
  type AnySchema,
  type Check,
  type Column,
  REFINEMENTS,
  type Relation,
  type Scope,
} from "../schema/snapshot.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import { hasIdentityValues } from "../statements/plan-mark.ts";
import { type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import { hasScopeText } from "../statements/scope-contradiction.ts";
import type { Comparison } from "../types/check-expression.ts";
import { checkPredicate, evaluatedComparisons } from "../types/check-predicate.ts";
import type { Codec, Problem } from "../types/codec.ts";
import { combineChecks } from "../types/domain.ts";
import { problem } from "../types/problem.ts";
import { codecOf, effectiveCollation } from "../types/resolve.ts";

/** The rule of a column's values, which the valibot schema and the check before a write share. */
export interface ColumnRule {
  readonly column: Column;
  readonly codec: Codec;
  /** Validates a value other than null by the type, its domains and the CHECK constraints of the column. */
  readonly check: (value: unknown) => Problem | undefined;
  /** The comparisons of the CHECK constraints, for JSON Schema. */
  readonly comparisons: readonly Comparison[];
  /** The caller's valibot schema, which runs first; its output is validated and written. */
  readonly refinement: v.GenericSchema | undefined;
}

type ColumnRules = ReadonlyMap<string, ColumnRule>;

const rulesByRelation = deriveByKey((_owner: object, relation: Relation, schema: AnySchema) =>
  newColumnRules(schema, relation),
);

// The rules depend on the snapshot's relations and refinements.
function columnRules(schema: AnySchema, relation: Relation): ColumnRules {
  return rulesByRelation(schema[REFINEMENTS] ?? schema.relations, relation, schema);
}

function newColumnRules(schema: AnySchema, relation: Relation): ColumnRules {
  const refined = schema[REFINEMENTS]?.get(relation.key);
  return new Map(
    relation.columns.map(column => {
      const codec = codecOf(schema, relation, column);
      const collation = effectiveCollation(schema, column);
      const value = { name: column.name, codec, isCollated: collation !== null };
      const checks = columnChecks(relation, column);
      const check = combineChecks([
        codec.check,
        ...checks.flatMap(one => checkPredicate(one, value, refined?.messages?.get(one.name)) ?? []),
      ]);
      const comparisons = checks.flatMap(one => evaluatedComparisons(one, value));
      const refinement = refined?.columns.get(column.name) as v.GenericSchema | undefined;
      return [column.name, Object.freeze({ column, codec, check, comparisons, refinement })];
    }),
  );
}

function columnChecks(relation: Relation, { name }: Column): readonly Check[] {
  return relation.checks.filter(({ columns }) => columns.length === 1 && columns[0] === name);
}

/** The purpose of a validation: a stored row, a row to insert, or changes. */
export type Purpose = "row" | "insert" | "update";

/** The rule of a column in a row. */
export interface TableRule extends ColumnRule {
  readonly required: boolean;
  readonly nullable: boolean;
}

/** The rules of a row. */
export interface TableRules {
  readonly table: string;
  readonly purpose: Purpose;
  readonly columns: ReadonlyMap<string, TableRule>;
  /** Column → the reason that a row cannot have it. */
  readonly excluded: ReadonlyMap<string, string>;
  readonly requiredCount: number;
  readonly isRefined: boolean;
}

interface RulesContext {
  readonly schema: AnySchema;
  readonly plan: RelationPlan;
  readonly purpose: Purpose;
}

const rulesByPurpose = deriveByKey(newTableRules);

/** The rules of a table for a purpose inside the scope, whose values are the only ones of the scoped columns. */
export function scopedRules(schema: AnySchema, table: string, purpose: Purpose): TableRules {
  const rules = tableRules(schema, table, purpose);
  const plan = relationPlan(schema, table);
  return plan.scope.rules.length === 0 ? rules : rulesByScope(schema.scope, rules, plan);
}

const rulesByScope = deriveByKey((_scope: Scope, rules: TableRules, { scope }: RelationPlan): TableRules => {
  const columns = new Map(rules.columns);
  for (const { column, text } of scope.rules) {
    const rule = columns.get(column.column.name);
    if (rule !== undefined) columns.set(column.column.name, { ...rule, ...scopedRule(rule, column, text) });
  }
  return Object.freeze({ ...rules, columns });
});

function scopedRule({ check }: TableRule, column: ColumnPlan, text: string | null): Partial<TableRule> {
  const isOther = (value: unknown): Problem | undefined =>
    hasScopeText(column, value, text) ? undefined : problem("the value of the scope", value);
  return { check: combineChecks([check, isOther]), nullable: text === null };
}

/** The rules of a table for a purpose, shared by all scopes of the same columns. */
export function tableRules(schema: AnySchema, table: string, purpose: Purpose): TableRules {
  const plan = relationPlan(schema, table);
  const columns = columnRules(schema, plan.relation);
  return rulesByPurpose(columns, `${purpose}${plan.scope.shape}`, { schema, plan, purpose });
}

function newTableRules(all: ColumnRules, _key: string, { schema, plan, purpose }: RulesContext): TableRules {
  const { relation } = plan;
  const columns = new Map<string, TableRule>();
  const excluded = new Map<string, string>();
  for (const [name, rule] of all) {
    const reason = exclusionReason(relation, rule.column, purpose);
    if (reason !== undefined) excluded.set(name, reason);
    else columns.set(name, tableRule(schema, relation, rule, purpose, plan.scope.names.has(name)));
  }
  const rules = [...columns.values()];
  return Object.freeze({
    table: relation.key,
    purpose,
    columns,
    excluded,
    requiredCount: rules.filter(({ required }) => required).length,
    isRefined: rules.some(({ refinement }) => refinement !== undefined),
  });
}

function tableRule(
  schema: AnySchema,
  relation: Relation,
  rule: ColumnRule,
  purpose: Purpose,
  isScoped: boolean,
): TableRule {
  const { column } = rule;
  if (purpose === "row") {
    // A stored row may predate a constraint, so only its types are validated.
    const { check } = codecOf({ ...schema, types: storedTypes(schema.types) }, relation, column);
    return { ...rule, check, required: true, nullable: column.nullOnRead !== "never" };
  }
  const required =
    purpose === "insert" && !isScoped && !isFilledElsewhere(relation) && lacksDefault(schema, column);
  const given = { ...rule, required, nullable: !column.notNull };
  // PostgreSQL checks the row that BEFORE triggers return, such as one whose email they have trimmed; types and domains apply before.
  const isChangedFirst = (purpose === "insert" ? canChangeInserts : canChangeUpdates)(schema, relation);
  return isChangedFirst ? { ...given, check: rule.codec.check, comparisons: [] } : given;
}

/** The types without the CHECKs of domains that are NOT VALID. */
const storedTypes = derive((types: AnySchema["types"]): AnySchema["types"] =>
  Object.fromEntries(
    Object.entries(types).map(([key, type]) => [
      key,
      type.kind === "domain" ? { ...type, checks: type.checks.filter(({ validated }) => validated) } : type,
    ]),
  ),
);

// A column that a row omits gets the default of the table behind a view, which the view does not show.
function isFilledElsewhere({ kind, triggers }: Relation): boolean {
  return kind === "view" || triggers.fillsInsert;
}

function lacksDefault(schema: AnySchema, column: Column): boolean {
  return column.notNull && column.identity === null && columnDefault(schema, column) === null;
}

function exclusionReason(
  relation: Relation,
  { identity, generated, updatable, privileges }: Column,
  purpose: Purpose,
): string | undefined {
  if (purpose === "row") return privileges.select ? undefined : "the role has no SELECT privilege";
  if (generated !== null) return "the column is generated";
  if (identity === "always" && !(purpose === "insert" && hasIdentityValues(relation)))
    return "the column is a GENERATED ALWAYS identity column";
  return updatable || takesEveryColumn(relation, purpose)
    ? undefined
    : "the column of the view is not updatable";
}

// A trigger or rule of a view that replaces the statement accepts every column. Without an updatable column the view can
// only have one of these.
function takesEveryColumn(
  { kind, triggers, updatable, columns, userTriggers }: Relation,
  purpose: "insert" | "update",
): boolean {
  if (kind !== "view" || !updatable[purpose]) return false;
  const isReplaced = purpose === "insert" ? triggers.fillsInsert : userTriggers.some(replacesUpdate);
  return isReplaced || columns.every(column => !column.updatable);
}

function replacesUpdate(trigger: Trigger): boolean {
  return firesFor(trigger, /\bINSTEAD OF (?:(?:INSERT|DELETE) OR )*UPDATE\b/);
}
