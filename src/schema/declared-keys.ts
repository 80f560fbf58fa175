import type { Relation } from "./snapshot.ts";

/** The relation as the database knows it, without keys and a distribution that `declare` added. */
export function withoutDeclaredKeys(relation: Relation): Relation {
  const { primaryKey, foreignKeys, distribution } = relation;
  if ((primaryKey === null || isOwn(primaryKey)) && foreignKeys.every(isOwn) && isOwn(distribution))
    return relation;
  return {
    ...relation,
    primaryKey: primaryKey !== null && isOwn(primaryKey) ? primaryKey : null,
    foreignKeys: foreignKeys.filter(isOwn),
    distribution: isOwn(distribution) ? distribution : undefined,
  };
}

function isOwn(stated: { readonly declared?: boolean } | undefined): boolean {
  return stated?.declared !== true;
}

/** A relation that was read again, with the declarations of the relation before whose columns still exist. */
export function withDeclaredKeysOf(before: Relation | undefined, after: Relation): Relation {
  if (before === undefined || withoutDeclaredKeys(before) === before) return after;
  const names = new Set<string | null>(after.columns.map(({ name }) => name));
  const isLeft = (key: {
    readonly declared?: boolean;
    readonly columns: readonly (string | null)[];
  }): boolean => key.declared === true && key.columns.every(name => names.has(name));
  const { primaryKey, distribution } = before;
  const isDistributed =
    !isOwn(distribution) && (distribution!.column === null || names.has(distribution!.column));
  return Object.freeze({
    ...after,
    primaryKey: after.primaryKey ?? (primaryKey !== null && isLeft(primaryKey) ? primaryKey : null),
    foreignKeys: Object.freeze([...after.foreignKeys, ...before.foreignKeys.filter(isLeft)]),
    ...(isDistributed && after.distribution === undefined && { distribution }),
  });
}
