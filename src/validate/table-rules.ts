import { deriveByKey } from "../schema/derived.ts";
import type { AnySchema, Column, Relation } from "../schema/snapshot.ts";
import { type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import { type ColumnRule, type ColumnRules, columnRules } from "./column-rule.ts";

/** What a row is checked for: being written, or having been read. */
export type Purpose = "row" | "insert" | "update";

/** A column's part in a row. */
export interface TableRule extends ColumnRule {
  readonly required: boolean;
  readonly nullable: boolean;
}

/** The columns a row may have, and why it may not have the others. */
export interface TableRules {
  readonly table: string;
  readonly purpose: Purpose;
  readonly columns: ReadonlyMap<string, TableRule>;
  readonly refused: ReadonlyMap<string, string>;
  readonly requiredCount: number;
  readonly isRefined: boolean;
}

interface RulesContext {
  readonly schema: AnySchema;
  readonly plan: RelationPlan;
  readonly purpose: Purpose;
}

const rulesByPurpose = deriveByKey(makeRules);

/** The rules of a table for a purpose, shared by all scopes of the same columns. */
export function tableRules(schema: AnySchema, table: string, purpose: Purpose): TableRules {
  const plan = relationPlan(schema, table);
  const columns = columnRules(schema, plan.relation);
  return rulesByPurpose(columns, `${purpose}${plan.scope.shape}`, { schema, plan, purpose });
}

function makeRules(all: ColumnRules, _key: string, { schema, plan, purpose }: RulesContext): TableRules {
  const { relation } = plan;
  const columns = new Map<string, TableRule>();
  const refused = new Map<string, string>();
  for (const [name, rule] of all) {
    const reason = refusal(rule.column, purpose);
    if (reason !== undefined) refused.set(name, reason);
    else columns.set(name, tableRule(schema, relation, rule, purpose, plan.scope.names.has(name)));
  }
  const rules = [...columns.values()];
  return Object.freeze({
    table: relation.key,
    purpose,
    columns,
    refused,
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
    // A row was stored already: only its types are of interest.
    return { ...rule, check: rule.codec.check, required: true, nullable: column.nullOnRead !== "never" };
  }
  const required =
    purpose === "insert" && !isScoped && !relation.triggers.insert && lacksDefault(schema, column);
  return { ...rule, required, nullable: !column.notNull };
}

// A domain's own default counts as well.
function lacksDefault({ types }: AnySchema, column: Column): boolean {
  if (!column.notNull || column.default !== null || column.identity !== null) return false;
  for (let type = types[column.typeKey]; type?.kind === "domain"; type = types[type.base])
    if (type.default !== null) return false;
  return true;
}

function refusal(
  { identity, generated, updatable, privileges }: Column,
  purpose: Purpose,
): string | undefined {
  if (purpose === "row") return privileges.select ? undefined : "this role may not read it";
  if (generated !== null) return "the database computes it";
  if (identity === "always") return "the database numbers it (GENERATED ALWAYS)";
  return updatable ? undefined : "this column of the view cannot be written";
}
