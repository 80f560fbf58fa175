import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { Relation, RelationName } from "../../schema/snapshot.ts";
import {
  checkConstraintSql,
  exclusionConstraintSql,
  uniqueConstraintSql,
} from "../define/constraint-definition.ts";
import { indexDefinitionSql } from "../define/index-definition.ts";
import {
  isConstraint,
  isInvalidIndex,
  type KeyPart,
  keyParts,
  partColumns,
  partExpressions,
} from "../define/key-parts.ts";
import { isSame, pairByName } from "./compare.ts";
import { type MigrationStep, step, uncertainStep } from "./migration-step.ts";

/** The key parts of a relation that are dropped and created. */
export interface KeyPlan {
  readonly dropped: readonly KeyPart[];
  readonly created: readonly KeyPart[];
}

/**
 * Recreates the key parts that differ, and those on columns that are dropped, converted or moved. Invalid indexes are not
 * part of a schema: none is created, and only a valid one of its name takes the place of an existing one.
 * @param losesPart whether an expression uses something that is dropped, perhaps to be created again
 * @param isSeparated whether partitions are attached again, which would get the invalid indexes of their parent
 */
export function keyPlan(
  before: Relation,
  after: Relation,
  rebuilt: ReadonlySet<string>,
  isSeparated = false,
  losesPart: (expression: string) => boolean = () => false,
): KeyPlan {
  const wanted = keyParts(after).filter(key => !isInvalidIndex(key));
  const names = new Set(wanted.map(({ part }) => part.name));
  const existing = keyParts(before).filter(
    key => isSeparated || !isInvalidIndex(key) || names.has(key.part.name),
  );
  const pairs = pairByName(existing, wanted, ({ part }) => part.name);
  const changed = pairs.filter(
    pair =>
      pair.before === undefined ||
      pair.after === undefined ||
      pair.before.kind !== pair.after.kind ||
      !isSame(pair.before.part, pair.after.part, ["comment", "indexComment", "conflictTarget"]) ||
      partColumns(pair.before).some(name => rebuilt.has(name)) ||
      partExpressions(pair.before).some(losesPart),
  );
  return {
    dropped: changed.flatMap(pair => (pair.before === undefined ? [] : [pair.before])).reverse(),
    created: changed.flatMap(pair => (pair.after === undefined ? [] : [pair.after])),
  };
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
  if (kind === "check") return part.validated ? "not pass" : undefined;
  return kind === "exclusion" ? "conflict in" : "have equal values in";
}
