import type { Check, Exclusion, Index, Relation, UniqueKey } from "../../schema/snapshot.ts";
import { isSame, matched } from "./matched.ts";
import { mentions } from "./table-plan.ts";

/** Something of a relation that has a name: key, index, check, exclusion. */
export type KeyPart =
  | { readonly kind: "primaryKey" | "uniqueKey"; readonly part: UniqueKey }
  | { readonly kind: "index"; readonly part: Index }
  | { readonly kind: "check"; readonly part: Check }
  | { readonly kind: "exclusion"; readonly part: Exclusion };

/** In the order in which they are made. */
export function keyParts(relation: Relation): readonly KeyPart[] {
  const { primaryKey, uniqueKeys, indexes, checks, exclusions } = relation;
  return [
    ...(primaryKey === null ? [] : [{ kind: "primaryKey" as const, part: primaryKey }]),
    ...uniqueKeys.map(part => ({ kind: "uniqueKey" as const, part })),
    ...exclusions.map(part => ({ kind: "exclusion" as const, part })),
    ...checks.map(part => ({ kind: "check" as const, part })),
    ...indexes.map(part => ({ kind: "index" as const, part })),
  ];
}

export interface KeyPlan {
  /** Of the relation as it was. */
  readonly gone: readonly KeyPart[];
  /** Of the relation as it will be. */
  readonly made: readonly KeyPart[];
}

/** What of a relation that stays is dropped and made: what differs, and what is made of columns that change. */
export function keyPlan(before: Relation, after: Relation, touched: ReadonlySet<string>): KeyPlan {
  const pairs = matched(keyParts(before), keyParts(after), ({ part }) => part.name);
  const changed = pairs.filter(
    pair =>
      pair.before === undefined ||
      pair.after === undefined ||
      pair.before.kind !== pair.after.kind ||
      !isSame(pair.before.part, pair.after.part, ["comment", "conflictTarget"]) ||
      isMadeOf(pair.before, touched),
  );
  return {
    gone: changed.flatMap(pair => (pair.before === undefined ? [] : [pair.before])).reverse(),
    made: changed.flatMap(pair => (pair.after === undefined ? [] : [pair.after])),
  };
}

function isMadeOf({ kind, part }: KeyPart, touched: ReadonlySet<string>): boolean {
  if (kind === "exclusion") return mentions(part.definition, touched);
  if (kind === "check") return part.columns.some(name => touched.has(name));
  const { columns, include, expressions, predicate } = part;
  return (
    [...columns, ...include].some(name => name !== null && touched.has(name)) ||
    [...expressions, predicate].some(text => mentions(text, touched))
  );
}
