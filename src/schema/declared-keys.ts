import type { Relation } from "./snapshot.ts";

/** The relation as the database knows it, without keys that `declare` added. */
export function withoutDeclaredKeys(relation: Relation): Relation {
  const { primaryKey, foreignKeys } = relation;
  const isOwn = (key: { readonly declared?: boolean }): boolean => key.declared !== true;
  if ((primaryKey === null || isOwn(primaryKey)) && foreignKeys.every(isOwn)) return relation;
  return {
    ...relation,
    primaryKey: primaryKey !== null && isOwn(primaryKey) ? primaryKey : null,
    foreignKeys: foreignKeys.filter(isOwn),
  };
}

/** A relation that was read again, with the declared keys of the relation before whose columns still exist. */
export function withDeclaredKeysOf(before: Relation | undefined, after: Relation): Relation {
  if (before === undefined || withoutDeclaredKeys(before) === before) return after;
  const names = new Set<string | null>(after.columns.map(({ name }) => name));
  const isLeft = (key: {
    readonly declared?: boolean;
    readonly columns: readonly (string | null)[];
  }): boolean => key.declared === true && key.columns.every(name => names.has(name));
  const { primaryKey } = before;
  return Object.freeze({
    ...after,
    primaryKey: after.primaryKey ?? (primaryKey !== null && isLeft(primaryKey) ? primaryKey : null),
    foreignKeys: Object.freeze([...after.foreignKeys, ...before.foreignKeys.filter(isLeft)]),
  });
}
