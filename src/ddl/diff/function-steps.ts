import type { AnySchema, Relation, SqlFunction } from "../../schema/snapshot.ts";
import { dependencyOrder, relationId } from "./compare.ts";
import { type MigrationStep, manualStep, step } from "./migration-step.ts";

/** The changes of functions. Without definitions only their names are known. */
export interface FunctionPlan {
  /** The functions that use a dropped view or a changed table. */
  readonly droppedFirst: ReadonlySet<SqlFunction>;
  /** The other removed functions, and functions with a new result type, which OR REPLACE cannot change. */
  readonly dropped: readonly SqlFunction[];
  /** The new and changed functions; each follows those that it uses. */
  readonly created: readonly SqlFunction[];
}

export function functionPlan(from: AnySchema, to: AnySchema, changed: readonly Relation[]): FunctionPlan {
  const isKnown = from.hasFunctions && to.hasFunctions;
  const after = new Map(to.functions.map(one => [one.signature, one]));
  const before = new Map(from.functions.map(one => [one.signature, one]));
  const droppedFirst = isKnown ? usersOf(from.functions, changed) : new Set<SqlFunction>();
  const dropped = from.functions.filter(
    one => isKnown && !droppedFirst.has(one) && after.get(one.signature)?.returns !== one.returns,
  );
  return {
    droppedFirst,
    dropped,
    created: usedFirst(to.functions).filter(one => {
      const existing = before.get(one.signature);
      if (one.definition === null) return false;
      return existing === undefined || (isKnown && (isChanged(existing, one) || droppedFirst.has(existing)));
    }),
  };
}

function isChanged(before: SqlFunction, after: SqlFunction): boolean {
  return before.definition !== after.definition || before.returns !== after.returns;
}

/** The functions that use one of the relations, or a function that does. */
export function usersOf(
  functions: readonly SqlFunction[],
  relations: readonly Relation[],
): ReadonlySet<SqlFunction> {
  const ids = new Set(relations.map(relationId));
  const users = new Map<string, SqlFunction>();
  for (const one of usedFirst(functions))
    if (one.uses.some(name => ids.has(relationId(name))) || one.usesFunctions.some(name => users.has(name)))
      users.set(one.signature, one);
  return new Set(users.values());
}

function usedFirst(functions: readonly SqlFunction[]): readonly SqlFunction[] {
  const bySignature = new Map(functions.map(one => [one.signature, one]));
  return dependencyOrder(functions, ({ usesFunctions }) =>
    usesFunctions.flatMap(signature => bySignature.get(signature) ?? []),
  );
}

export function dropFunctionStep({ signature, kind }: SqlFunction): MigrationStep {
  return step(`DROP ${NOUNS[kind]} ${signature}`);
}

const NOUNS = {
  function: "FUNCTION",
  procedure: "PROCEDURE",
  aggregate: "AGGREGATE",
  window: "FUNCTION",
} as const;

/** Whether the other side needs a function that neither exists nor can be created. */
export function isMissing(from: AnySchema, to: AnySchema, signature: string): boolean {
  const wanted = to.functions.find(one => one.signature === signature);
  return (
    wanted !== undefined &&
    wanted.definition === null &&
    !from.functions.some(one => one.signature === signature)
  );
}

/** Names the functions that have to be created first. */
export function missingFunctionSteps(from: AnySchema, to: AnySchema): readonly MigrationStep[] {
  return to.functions
    .filter(({ signature }) => isMissing(from, to, signature))
    .map(({ signature, kind, usedBy }) => {
      const users = usedBy.map(({ schema, name }) => `${schema}.${name}`);
      const advice =
        kind === "aggregate" ? "" : "; loadSchema(sql, { functions: true }) reads its definition";
      const use =
        users.length === 0 ? "" : `, which ${users.join(", ")} ${users.length === 1 ? "uses" : "use"}`;
      return manualStep(`create ${kind} ${signature}${use}${advice}`);
    });
}

/** The steps without checks of function bodies, because a body may name objects that do not exist yet. */
export function withoutBodyChecks(
  { created }: FunctionPlan,
  steps: readonly MigrationStep[],
): readonly MigrationStep[] {
  if (created.length === 0) return steps;
  return [step("SET check_function_bodies = off"), ...steps, step("RESET check_function_bodies")];
}
