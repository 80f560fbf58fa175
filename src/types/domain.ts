import type { DomainType } from "../schema/snapshot.ts";
import { checkPredicate } from "./check-predicate.ts";
import type { Codec, Problem } from "./codec.ts";

/** A domain: its base type with the domain's CHECKs; NOT NULL holds inside arrays and composites too. */
export function domainCodec(base: Codec, { checks, notNull }: DomainType): Codec {
  const refusesNull = notNull || base.refusesNull === true;
  const judged = checks.flatMap(check => checkPredicate(check, "value", base) ?? []);
  if (judged.length === 0 && refusesNull === (base.refusesNull === true)) return base;
  return Object.freeze({
    ...base,
    check: allOf([base.check, ...judged]),
    ...(refusesNull && { refusesNull: true as const }),
  });
}

type ValueCheck = (value: unknown) => Problem | undefined;

/** The first problem that one of the checks has; each may rely on those before it. */
export function allOf(checks: readonly ValueCheck[]): ValueCheck {
  return checks.reduce((before, check) => value => before(value) ?? check(value));
}
