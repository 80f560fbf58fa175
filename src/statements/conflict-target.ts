import { ArgumentError } from "../errors.ts";
import { requireArray } from "../schema/arguments.ts";
import { deriveByKey } from "../schema/derived.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema, Relation, UniqueKey } from "../schema/snapshot.ts";
import { aliasBeside, planColumn, type RelationPlan, relationPlan, requireKey } from "./relation-plan.ts";
import { namesShape } from "./statement.ts";

/** The advice for an upsert of a table without a primary key. */
export const CONFLICT_KEY = "name the columns of a unique key with key: [...]";

/** The unique key of ON CONFLICT. */
export interface ConflictTarget {
  readonly columns: readonly string[];
  readonly key: UniqueKey;
  /** `("email") WHERE (deleted_at IS NULL)`, or `ON CONSTRAINT "stay_pkey"`. */
  readonly text: string;
  /** Whether a value of the key can be a Date or contain one. */
  readonly hasDates: boolean;
  /** Whether the upsert itself has to find the existing row, in a foreign table. */
  readonly isForeign: boolean;
}

// The names of rows in ON CONFLICT and RETURNING.
const ROWS: ReadonlySet<string> = new Set(["excluded", "old", "new"]);

/** The plan of an upsert, in which a table has an alias if its name is that of a row. */
export function upsertPlan(schema: AnySchema, table: string): RelationPlan {
  const plan = relationPlan(schema, table);
  const { name } = plan.relation;
  return ROWS.has(name) ? Object.freeze({ ...plan, alias: aliasBeside(plan, name) }) : plan;
}

/** ` AS "excluded_"` for such a table, otherwise nothing. */
export function aliasSql({ alias, relation }: RelationPlan): string {
  return ROWS.has(relation.name) ? ` AS ${alias}` : "";
}

interface TargetContext {
  readonly plan: RelationPlan;
  readonly columns: readonly string[] | undefined;
  readonly isUpdate: boolean;
}

const targetsByRelation = deriveByKey(makeTarget);

/**
 * The primary key, or the unique key of the given columns in any order; throws ArgumentError with the reason if it
 * cannot be a conflict target (manual, INSERT, ON CONFLICT clause).
 */
export function conflictTarget(
  plan: RelationPlan,
  columns: readonly string[] | undefined,
  isUpdate: boolean,
): ConflictTarget {
  const key = `${isUpdate}${namesShape(columns)}|${plan.scope.shape}`;
  return targetsByRelation(plan.relation, key, { plan, columns, isUpdate });
}

function makeTarget(
  _relation: Relation,
  _key: string,
  { plan, columns, isUpdate }: TargetContext,
): ConflictTarget {
  if (columns !== undefined) requireArray("key", columns);
  for (const name of columns ?? []) planColumn(plan, name);
  const wanted = columns ?? requireKey(plan, CONFLICT_KEY).map(({ column }) => column.name);
  const key = findKey(plan, wanted, isUpdate);
  requireDistribution(plan, key);
  const names = key.columns.filter(name => name !== null);
  const list = names.map(name => planColumn(plan, name).quoted).join(", ");
  const hasDates = names.some(name => {
    const column = planColumn(plan, name);
    return column.codec.last !== undefined || column.hasDates;
  });
  return {
    key,
    hasDates,
    isForeign: plan.isForeign,
    columns: names,
    // PostgreSQL finds a key WITHOUT OVERLAPS by its name only.
    text: key.period
      ? `ON CONSTRAINT ${quoteIdentifier(key.name)}`
      : `(${list})${key.predicate === null ? "" : ` WHERE ${key.predicate}`}`,
  };
}

function findKey(plan: RelationPlan, wanted: readonly string[], isUpdate: boolean): UniqueKey {
  const { relation, scope } = plan;
  if (relation.kind === "view" && relation.triggers.fillsInsert)
    throw new ArgumentError(
      `${relation.key}: a trigger of the view replaces INSERT, so no row can conflict; use update and insert`,
    );
  const all = [...(relation.primaryKey ? [relation.primaryKey] : []), ...relation.uniqueKeys];
  const exact = all.filter(key => sameColumns(key, wanted));
  // Inside the scope the columns are also unique without the scope's own.
  const isInner = ({ columns }: UniqueKey): boolean =>
    wanted.every(name => columns.includes(name)) &&
    columns.every(name => name !== null && (wanted.includes(name) || scope.names.has(name)));
  const found = exact.length > 0 ? exact : all.filter(isInner);
  const usable = usableKey(
    relation,
    found.filter(key => canConflict(plan, key, isUpdate)),
  );
  if (usable !== undefined) return usable;
  const list = wanted.join(", ");
  const [first] = found;
  throw new ArgumentError(
    first === undefined
      ? `${relation.key}: unique key (${list}) does not exist; unique keys of the table: ${all.map(describeKey).join(", ") || "none"}`
      : `${relation.key}: ${first.name} (${list}) cannot be a conflict target: ${reason(first, relation)}`,
  );
}

// A key without a predicate concerns all rows, so that a row outside the predicate of another one is found too. Of several
// predicates the columns do not tell which one is meant.
function usableKey({ key: table }: Relation, keys: readonly UniqueKey[]): UniqueKey | undefined {
  const whole = keys.find(({ predicate }) => predicate === null);
  const [first] = keys;
  const other = keys.find(({ predicate }) => predicate !== first!.predicate);
  if (whole !== undefined || other === undefined) return whole ?? first;
  throw new ArgumentError(
    `${table}: ${first!.name} and ${other.name} are partial unique indexes of the same columns (${other.columns.join(", ")}), which do not tell whose rows conflict; use updateWhere and insert in a transaction`,
  );
}

/** Whether a key can be the conflict target of an upsert that updates the existing row, or of one that leaves it unchanged. */
export function canConflict({ isForeign }: RelationPlan, key: UniqueKey, isUpdate: boolean): boolean {
  if (isForeign) return key.declared === true;
  return key.conflictTarget === "doUpdate" || (key.conflictTarget === "doNothingOnly" && !isUpdate);
}

// Each node checks only its own rows, so a key without the column is not unique in the whole table.
function requireDistribution({ relation, distribution }: RelationPlan, key: UniqueKey): void {
  const name = distribution?.column.name;
  if (name === undefined || key.columns.includes(name)) return;
  throw new ArgumentError(
    `${relation.key}: ${key.name} (${key.columns.join(", ")}) cannot be a conflict target: it lacks the distribution column ${name}, and each node checks only its own rows; use a unique key with ${name}`,
  );
}

function sameColumns(key: UniqueKey, wanted: readonly string[]): boolean {
  return key.columns.length === wanted.length && wanted.every(name => key.columns.includes(name));
}

function describeKey({ name, columns }: UniqueKey): string {
  return `${name} (${columns.map(column => column ?? "an expression").join(", ")})`;
}

function reason({ deferrable, valid, declared }: UniqueKey, { kind, hasRules }: Relation): string {
  if (declared && kind === "view")
    return "PostgreSQL has no upsert for a view with a rule; use update and insert";
  if (declared) return "a declared key has no unique index; use updateWhere and insert in a transaction";
  if (deferrable) return "it is deferrable";
  if (!valid) return "its index is not valid";
  return hasRules ? "the table has rules" : 'it is an exclusion constraint, which requires update: "nothing"';
}
