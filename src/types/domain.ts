import type { DomainType } from "../schema/snapshot.ts";
import { checkPredicate, evaluatedComparisons } from "./check-predicate.ts";
import type { Codec, Problem } from "./codec.ts";

/**
 * The codec of a domain: its base type with the domain's CHECKs. NOT NULL also applies inside arrays and composites.
 * `isCollated`: whether the domain or one that it is based on has a collation of its own.
 */
export function domainCodec(base: Codec, { checks, notNull }: DomainType, isCollated: boolean): Codec {
  const rejectsNull = notNull || base.rejectsNull === true;
  const value = { name: "value", codec: base, isCollated };
  const predicates = checks.flatMap(check => checkPredicate(check, value) ?? []);
  if (predicates.length === 0 && rejectsNull === (base.rejectsNull === true)) return base;
  const comparisons = checks.flatMap(check => evaluatedComparisons(check, value));
  return Object.freeze({
    ...base,
    check: combineChecks([base.check, ...predicates]),
    comparisons: [...(base.comparisons ?? []), ...comparisons],
    ...(rejectsNull && { rejectsNull: true as const }),
  });
}

type ValueCheck = (value: unknown) => Problem | undefined;

/** A check that returns the first problem of several checks, which run in order. */
export function combineChecks(checks: readonly ValueCheck[]): ValueCheck {
  return checks.reduce((before, check) => value => before(value) ?? check(value));
}
