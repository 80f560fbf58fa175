import { isSameName } from "../../schema/relation.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Relation, RelationName, SqlFunction } from "../../schema/snapshot.ts";
import { usedFirst, usersOf } from "./function-users.ts";
import { type MigrationStep, manualStep, step, usersText } from "./migration-step.ts";
import { currentSignature, type TemporaryNames } from "./temporary-names.ts";

/** The changes of functions. Without definitions only their names are known. */
export interface FunctionPlan {
  /** The functions that use a dropped view, a changed table or a replaced type, that nothing uses, or that OR REPLACE cannot change. */
  readonly droppedFirst: ReadonlySet<SqlFunction>;
  /**
   * The other removed functions, and those with a parameter of a replaced type, which exist alongside the new functions
   * for a while.
   */
  readonly dropped: readonly SqlFunction[];
  /** The new and changed functions; each follows those that it uses. */
  readonly created: readonly SqlFunction[];
}

/** The changes on which functions depend. */
interface FunctionContext {
  /** The renamed types, the dropped views and the tables with changed columns. */
  readonly changed: readonly RelationName[];
  readonly droppedTables: readonly RelationName[];
  readonly renamed: TemporaryNames<RelationName>;
}

export function functionPlan(
  from: AnySchema,
  to: AnySchema,
  { changed, droppedTables, renamed }: FunctionContext,
): FunctionPlan {
  const isKnown = hasBothFunctions(from, to);
  const before = new Map(from.functions.map(one => [one.signature, one]));
  const removed = removedFunctions(from, to);
  const isRenamed = ({ signature }: SqlFunction): boolean =>
    isKnown && currentSignature(signature, renamed) !== signature;
  const usersIn = (names: readonly RelationName[]): readonly SqlFunction[] =>
    isKnown ? [...usersOf(from.functions, names)] : [];
  const first = [
    ...usersIn(changed),
    // A removed function is dropped before its table, and after everything that uses the function.
    ...usersIn(droppedTables).filter(one => !removed.includes(one)),
    ...recreatedFunctions(from, to),
  ];
  const used = usedSignatures({ ...from, functions: from.functions.filter(one => !first.includes(one)) });
  const droppedFirst = new Set(
    [
      ...first,
      ...removed.filter(
        one =>
          (one.usedBy.length === 0 && !used.has(one.signature)) ||
          // An index of the table uses it.
          droppedTables.some(table => isUsedBy(one.usedBy, table) && isUsedBy(one.uses, table)) ||
          (!used.has(one.signature) && isInTheWay(from, to, one, droppedTables)),
      ),
    ].filter(one => !isRenamed(one)),
  );
  const dropped = from.functions.filter(
    one => !droppedFirst.has(one) && (removed.includes(one) || isRenamed(one)),
  );
  return {
    droppedFirst,
    dropped,
    created: usedFirst(to.functions).filter(one => {
      const existing = before.get(one.signature);
      if (one.definition === null) return false;
      return (
        existing === undefined ||
        droppedFirst.has(existing) ||
        dropped.includes(existing) ||
        (isKnown && existing.definition !== one.definition)
      );
    }),
  };
}

/** Whether a call of a new function of the name could be ambiguous, and all uses of the old one can be dropped before. */
function isInTheWay(
  from: AnySchema,
  to: AnySchema,
  one: SqlFunction,
  droppedTables: readonly RelationName[],
): boolean {
  const { schema, name, usedBy } = one;
  const existing = new Set(from.functions.map(({ signature }) => signature));
  const isNew = to.functions.some(
    other => other.schema === schema && other.name === name && !existing.has(other.signature),
  );
  return (
    isNew &&
    usedBy.every(user =>
      from.relations.some(relation => isUsedBy([user], relation) && !hasGeneratedColumn(relation, one)),
    ) &&
    !droppedTables.some(table => isUsedBy(usedBy, table))
  );
}

function removedFunctions(from: AnySchema, to: AnySchema): readonly SqlFunction[] {
  const after = new Set(to.functions.map(({ signature }) => signature));
  return hasBothFunctions(from, to) ? from.functions.filter(({ signature }) => !after.has(signature)) : [];
}

/** The functions that are dropped, also if they are created again, such as those that use a table with changed columns. */
export function lostFunctions(
  from: AnySchema,
  to: AnySchema,
  changed: readonly RelationName[],
): readonly SqlFunction[] {
  const users = hasBothFunctions(from, to) ? usersOf(from.functions, changed) : [];
  return [...recreatedFunctions(from, to), ...removedFunctions(from, to), ...users];
}

/** Whether an expression of a relation, as PostgreSQL prints it, calls one of the functions. */
export function usesFunction(
  relation: RelationName,
  expression: string,
  functions: readonly SqlFunction[],
): boolean {
  return functions.some(one => isUsedBy(one.usedBy, relation) && calls(expression, one));
}

/** Whether the name of a function is before a parenthesis in an expression. */
export function calls(expression: string, { signature }: SqlFunction): boolean {
  return expression.includes(signature.slice(0, signature.indexOf("(") + 1));
}

function isUsedBy(usedBy: readonly RelationName[], relation: RelationName): boolean {
  return usedBy.some(name => isSameName(name, relation));
}

/** The functions that functions, operators, casts or triggers use. */
function usedSignatures({ functions, objects, relations }: AnySchema): ReadonlySet<string> {
  const triggers = relations.flatMap(({ userTriggers }) => userTriggers);
  return new Set([
    ...[...functions, ...objects].flatMap(({ usesFunctions }) => usesFunctions),
    ...triggers.map(trigger => trigger.function),
  ]);
}

/** Whether both snapshots have the functions, and with them the objects that are of no table. */
export function hasBothFunctions(from: AnySchema, to: AnySchema): boolean {
  return from.hasFunctions && to.hasFunctions;
}

/**
 * The functions whose arguments or result change, which OR REPLACE cannot do, those that use a removed function, whose call
 * may then find an overload, and the functions that use these.
 */
function recreatedFunctions(from: AnySchema, to: AnySchema): ReadonlySet<SqlFunction> {
  if (!hasBothFunctions(from, to)) return new Set();
  const after = new Map(to.functions.map(one => [one.signature, one]));
  const removed = new Set(removedFunctions(from, to).map(({ signature }) => signature));
  const isRecreated = (one: SqlFunction): boolean => {
    const other = after.get(one.signature);
    return (
      other !== undefined &&
      (one.kind !== other.kind ||
        one.returns !== other.returns ||
        argumentsOf(one) !== argumentsOf(other) ||
        one.usesFunctions.some(signature => removed.has(signature)))
    );
  };
  return usersOf(from.functions, [], isRecreated);
}

/** The arguments with their names and defaults. */
function argumentsOf({ definition }: SqlFunction): string | null {
  return definition?.split(/\n (?:RETURNS|LANGUAGE) /, 1)[0] ?? null;
}

/** Names the types and generated columns that use functions that are dropped and created; other uses are recreated. */
export function usedFunctionSteps(from: AnySchema, to: AnySchema): readonly MigrationStep[] {
  const relations = new Map(from.relations.map(relation => [relationId(relation), relation]));
  return [...recreatedFunctions(from, to)].flatMap(one => {
    const { signature, kind, usedBy } = one;
    const users = usedBy.filter(name => {
      const relation = relations.get(relationId(name));
      return relation === undefined || hasGeneratedColumn(relation, one);
    });
    const names = users.map(({ schema, name }) => `${schema}.${name}`).join(", ");
    return users.length === 0
      ? []
      : [manualStep(`drop what uses ${kind} ${signature} of ${names}, and recreate it after this migration`)];
  });
}

/** Whether a generated column of a table calls the function. */
function hasGeneratedColumn(relation: Relation, one: SqlFunction): boolean {
  return (
    relation.definition === null &&
    relation.columns.some(({ generationExpression }) =>
      usesFunction(relation, generationExpression ?? "", [one]),
    )
  );
}

export function dropFunctionStep(one: SqlFunction): MigrationStep {
  return step(`DROP ${functionTarget(one)}`);
}

/** A function as DROP and COMMENT ON name it. */
export function functionTarget({ signature, kind }: SqlFunction): string {
  return `${NOUNS[kind]} ${signature}`;
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
  return wanted?.definition === null && !from.functions.some(one => one.signature === signature);
}

/** Names the functions that have to be created first. */
export function missingFunctionSteps(from: AnySchema, to: AnySchema): readonly MigrationStep[] {
  return to.functions
    .filter(({ signature }) => isMissing(from, to, signature))
    .map(one => manualStep(`create ${one.kind} ${one.signature}${usersText(one.usedBy)}${adviceOf(one)}`));
}

function adviceOf({ kind }: SqlFunction): string {
  if (kind === "aggregate") return "";
  return "; loadSchema(sql, { functions: true }) reads its definition, as --functions of the command does";
}

/** The steps without checks of function bodies, because a body may name objects that do not exist yet. */
export function withoutBodyChecks(
  { created }: FunctionPlan,
  steps: readonly MigrationStep[],
): readonly MigrationStep[] {
  if (created.length === 0) return steps;
  return [step("SET check_function_bodies = off"), ...steps, step("RESET check_function_bodies")];
}
