import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { Relation, RelationName } from "../../schema/snapshot.ts";
import { checkConstraint, exclusionConstraint, uniqueConstraint } from "../define/constraint-definition.ts";
import { indexDefinitionSql } from "../define/index-definition.ts";
import type { KeyPart } from "./key-plan.ts";
import { type MigrationStep, step } from "./migration-step.ts";

/** Whether it is a constraint of the table, not only an index. */
export function isConstraint({ kind, part }: KeyPart): boolean {
  return kind === "index" ? false : kind === "uniqueKey" ? part.isConstraint : true;
}

export function dropKey(table: RelationName, key: KeyPart): MigrationStep {
  const name = quoteIdentifier(key.part.name);
  return step(
    isConstraint(key)
      ? `ALTER TABLE ${quoteName(table)} DROP CONSTRAINT ${name}`
      : `DROP INDEX ${quoteName({ schema: table.schema, name: key.part.name })}`,
  );
}

export function addKey(table: Relation, key: KeyPart): MigrationStep {
  if (key.kind === "index") return step(indexDefinitionSql(table, key.part));
  if (key.kind === "uniqueKey" && !key.part.isConstraint)
    return step(indexDefinitionSql(table, { ...key.part, unique: true }));
  return step(`ALTER TABLE ${quoteName(table)} ADD ${constraintDefinition(key)}`);
}

function constraintDefinition(key: Exclude<KeyPart, { kind: "index" }>): string {
  switch (key.kind) {
    case "primaryKey":
      return uniqueConstraint("PRIMARY KEY", key.part);
    case "uniqueKey":
      return uniqueConstraint("UNIQUE", key.part);
    case "check":
      return checkConstraint(key.part);
    case "exclusion":
      return exclusionConstraint(key.part);
  }
}
