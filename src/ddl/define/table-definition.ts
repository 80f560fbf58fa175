import { quoteName } from "../../schema/quote.ts";
import type { Relation } from "../../schema/snapshot.ts";
import { withClause } from "../../schema/storage-options.ts";
import { columnDefinitionSql } from "./column-definition.ts";
import {
  checkConstraintSql,
  exclusionConstraintSql,
  foreignKeyConstraintSql,
  uniqueConstraintSql,
} from "./constraint-definition.ts";

/** The properties of a table that its CREATE TABLE statement names. */
type TableDefinition = Pick<
  Relation,
  | "schema"
  | "name"
  | "persistence"
  | "columns"
  | "primaryKey"
  | "uniqueKeys"
  | "checks"
  | "exclusions"
  | "foreignKeys"
  | "partitionKey"
  | "options"
>;

export interface TableDefinitionOptions {
  readonly ifNotExists?: boolean;
}

const PERSISTENCE = { permanent: "", unlogged: "UNLOGGED ", temporary: "TEMPORARY " } as const;

/** `CREATE TABLE "public"."album" (`, one column or constraint per line, `)`. An index has its own statement. */
export function tableDefinitionSql(table: TableDefinition, options: TableDefinitionOptions = {}): string {
  const parts = [
    ...table.columns.map(columnDefinitionSql),
    ...(table.primaryKey === null ? [] : [uniqueConstraintSql("PRIMARY KEY", table.primaryKey)]),
    ...table.uniqueKeys.filter(key => key.isConstraint).map(key => uniqueConstraintSql("UNIQUE", key)),
    ...table.checks.map(checkConstraintSql),
    ...table.exclusions.map(exclusionConstraintSql),
    ...table.foreignKeys.map(foreignKeyConstraintSql),
  ];
  const condition = options.ifNotExists ? "IF NOT EXISTS " : "";
  const head = `CREATE ${PERSISTENCE[table.persistence]}TABLE ${condition}${quoteName(table)}`;
  const body = parts.length === 0 ? "()" : `(\n  ${parts.join(",\n  ")}\n)`;
  const partition = table.partitionKey ? ` PARTITION BY ${table.partitionKey}` : "";
  return `${head} ${body}${partition}${withClause(table.options)}`;
}
