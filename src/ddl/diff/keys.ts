import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { Check, Exclusion, Index, Relation, RelationName, UniqueKey } from "../../schema/snapshot.ts";
import {
  checkConstraintSql,
  exclusionConstraintSql,
  uniqueConstraintSql,
} from "../define/constraint-definition.ts";
import { indexDefinitionSql } from "../define/index-definition.ts";
import { mentions } from "../expression-columns.ts";
import { isSame, pairByName } from "./compare.ts";
import { type MigrationStep, step, uncertainStep } from "./migration-step.ts";

/** A key, index, check or exclusion of a relation. */
export type KeyPart =
  | { readonly kind: "primaryKey" | "uniqueKey"; readonly part: UniqueKey }
  | { readonly kind: "index"; readonly part: Index }
  | { readonly kind: "check"; readonly part: Check }
  | { readonly kind: "exclusion"; readonly part: Exclusion };

/** The key parts of a relation, in the order in which they are created. */
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

/** The key parts of a relation that are dropped and created. */
export interface KeyPlan {
  readonly dropped: readonly KeyPart[];
  readonly created: readonly KeyPart[];
}

/** Recreates the key parts that differ, and those on columns that are dropped, retyped or moved. */
export function keyPlan(before: Relation, after: Relation, touched: ReadonlySet<string>): KeyPlan {
  const pairs = pairByName(keyParts(before), keyParts(after), ({ part }) => part.name);
  const changed = pairs.filter(
    pair =>
      pair.before === undefined ||
      pair.after === undefined ||
      pair.before.kind !== pair.after.kind ||
      !isSame(pair.before.part, pair.after.part, ["comment", "conflictTarget"]) ||
      usesColumns(pair.before, touched),
  );
  return {
    dropped: changed.flatMap(pair => (pair.before === undefined ? [] : [pair.before])).reverse(),
    created: changed.flatMap(pair => (pair.after === undefined ? [] : [pair.after])),
  };
}

function usesColumns({ kind, part }: KeyPart, touched: ReadonlySet<string>): boolean {
  if (kind === "exclusion") return mentions(part.definition, touched);
  if (kind === "check") return part.columns.some(name => touched.has(name));
  const { columns, include, expressions, predicate } = part;
  return (
    [...columns, ...include].some(name => name !== null && touched.has(name)) ||
    [...expressions, predicate].some(text => mentions(text, touched))
  );
}

/** Whether the key part is a constraint, not only an index. */
export function isConstraint({ kind, part }: KeyPart): boolean {
  if (kind === "index") return false;
  return kind === "uniqueKey" ? part.isConstraint : true;
}

export function dropKeyStep(table: RelationName, key: KeyPart, cascade = false): MigrationStep {
  return step(
    isConstraint(key)
      ? dropConstraintSql(table, key.part, cascade)
      : `DROP INDEX ${quoteName({ schema: table.schema, name: key.part.name })}`,
  );
}

/** `ALTER TABLE "public"."album" DROP CONSTRAINT "album_pkey"`. */
export function dropConstraintSql(
  table: RelationName,
  { name }: { readonly name: string },
  cascade = false,
): string {
  return `ALTER TABLE ${quoteName(table)} DROP CONSTRAINT ${quoteIdentifier(name)}${cascade ? " CASCADE" : ""}`;
}

export function addKeyStep(table: Relation, key: KeyPart): MigrationStep {
  if (key.kind === "index" || (key.kind === "uniqueKey" && !key.part.isConstraint))
    return step(indexDefinitionSql(table, key.part));
  return step(`ALTER TABLE ${quoteName(table)} ADD ${constraintSql(key)}`);
}

function constraintSql(key: Exclude<KeyPart, { kind: "index" }>): string {
  switch (key.kind) {
    case "primaryKey":
      return uniqueConstraintSql("PRIMARY KEY", key.part);
    case "uniqueKey":
      return uniqueConstraintSql("UNIQUE", key.part);
    case "check":
      return checkConstraintSql(key.part);
    case "exclusion":
      return exclusionConstraintSql(key.part);
  }
}

/** Adds a key part to a table that may have rows. */
export function addKeyToRowsStep(table: Relation, key: KeyPart): MigrationStep {
  const { text } = addKeyStep(table, key);
  const reason = rowsProblem(key);
  return reason === undefined
    ? step(text)
    : uncertainStep(text, `${table.schema}.${table.name}: existing rows may ${reason} ${key.part.name}`);
}

function rowsProblem({ kind, part }: KeyPart): string | undefined {
  if (kind === "index") return undefined;
  if (kind === "check") return part.validated && part.enforced ? "not pass" : undefined;
  return kind === "exclusion" ? "conflict in" : "have equal values in";
}
