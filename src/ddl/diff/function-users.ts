import { derive } from "../../schema/derived.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { RelationName, SqlFunction } from "../../schema/snapshot.ts";
import { dependencyOrder } from "./compare.ts";

/** The functions that use one of the relations or types, or are chosen, or use such a function; each follows those that it uses. */
export function usersOf(
  functions: readonly SqlFunction[],
  names: readonly RelationName[],
  isChosen?: (one: SqlFunction) => boolean,
): ReadonlySet<SqlFunction> {
  const { places, ofNames, callers } = usesIn(functions);
  const users = new Set([
    ...names.flatMap(name => ofNames.get(relationId(name)) ?? []),
    ...(isChosen === undefined ? [] : functions.filter(isChosen)),
  ]);
  // Iterating a set also visits values that the loop adds.
  for (const { signature } of users) for (const caller of callers.get(signature) ?? []) users.add(caller);
  return new Set([...users].toSorted((a, b) => places.get(a)! - places.get(b)!));
}

/** The functions; each follows those that it uses. */
export const usedFirst: (functions: readonly SqlFunction[]) => readonly SqlFunction[] = derive(functions => {
  const bySignature = new Map(functions.map(one => [one.signature, one]));
  return dependencyOrder(functions, ({ usesFunctions }) =>
    usesFunctions.flatMap(signature => bySignature.get(signature) ?? []),
  );
});

/** The users of each thing, because many tables ask for theirs. */
interface Uses {
  /** The place of each function in `usedFirst`. */
  readonly places: ReadonlyMap<SqlFunction, number>;
  /** By the `relationId` of a relation or type. */
  readonly ofNames: ReadonlyMap<string, readonly SqlFunction[]>;
  /** By signature. */
  readonly callers: ReadonlyMap<string, readonly SqlFunction[]>;
}

const usesIn: (functions: readonly SqlFunction[]) => Uses = derive(functions => ({
  places: new Map(usedFirst(functions).map((one, place) => [one, place])),
  ofNames: usersBy(functions, ({ uses }) => uses.map(relationId)),
  callers: usersBy(functions, ({ usesFunctions }) => usesFunctions),
}));

function usersBy(
  functions: readonly SqlFunction[],
  usedBy: (one: SqlFunction) => readonly string[],
): ReadonlyMap<string, readonly SqlFunction[]> {
  const users = new Map<string, SqlFunction[]>();
  for (const one of functions)
    for (const used of usedBy(one)) users.getOrInsertComputed(used, () => []).push(one);
  return users;
}
