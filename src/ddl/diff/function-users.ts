import { derive } from "../../schema/derived.ts";
import type { RelationName, SqlFunction } from "../../schema/snapshot.ts";
import { dependencyOrder, relationId } from "./compare.ts";

/** The functions that use one of the relations or types, or are chosen, or use such a function. */
export function usersOf(
  functions: readonly SqlFunction[],
  names: readonly RelationName[],
  isChosen: (one: SqlFunction) => boolean = () => false,
): ReadonlySet<SqlFunction> {
  const ids = new Set(names.map(relationId));
  const users = new Map<string, SqlFunction>();
  for (const one of usedFirst(functions)) {
    const uses = one.uses.some(name => ids.has(relationId(name)));
    if (uses || isChosen(one) || one.usesFunctions.some(name => users.has(name)))
      users.set(one.signature, one);
  }
  return new Set(users.values());
}

/** The functions; each follows those that it uses. */
export const usedFirst: (functions: readonly SqlFunction[]) => readonly SqlFunction[] = derive(functions => {
  const bySignature = new Map(functions.map(one => [one.signature, one]));
  return dependencyOrder(functions, ({ usesFunctions }) =>
    usesFunctions.flatMap(signature => bySignature.get(signature) ?? []),
  );
});
