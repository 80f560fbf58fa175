import { quoteName } from "../../schema/quote.ts";
import type { Exclusion, Relation, RelationName } from "../../schema/snapshot.ts";
import { type ColumnDefinition, columnDefinitionSql } from "./column-definition.ts";
import {
  type CheckDefinition,
  checkConstraintSql,
  exclusionConstraintSql,
  type ForeignKeyDefinition,
  foreignKeyConstraintSql,
  type UniqueDefinition,
  uniqueConstraintSql,
} from "./constraint-definition.ts";
import { withClause } from "./storage-options.ts";

/** The properties of a table that its CREATE TABLE statement names. */
export interface TableDefinition extends RelationName {
  readonly columns: readonly ColumnDefinition[];
  readonly primaryKey: UniqueDefinition | null;
  /** Constraints only, because an index has its own statement. */
  readonly uniqueKeys: readonly UniqueDefinition[];
  readonly checks: readonly CheckDefinition[];
  readonly exclusions: readonly Pick<Exclusion, "name" | "definition">[];
  readonly foreignKeys: readonly ForeignKeyDefinition[];
  readonly persistence?: Relation["persistence"];
  readonly partitionKey?: string | null;
  readonly options?: readonly string[];
}

export interface TableDefinitionOptions {
  readonly ifNotExists?: boolean;
}

const PERSISTENCE = { permanent: "", unlogged: "UNLOGGED ", temporary: "TEMPORARY " } as const;

/** `CREATE TABLE "public"."album" (`, one column or constraint per line, `)`. */
export function tableDefinitionSql(table: TableDefinition, options: TableDefinitionOptions = {}): string {
  const parts = [
    ...table.columns.map(columnDefinitionSql),
    ...(table.primaryKey === null ? [] : [uniqueConstraintSql("PRIMARY KEY", table.primaryKey)]),
    ...table.uniqueKeys.map(key => uniqueConstraintSql("UNIQUE", key)),
    ...table.checks.map(checkConstraintSql),
    ...table.exclusions.map(exclusionConstraintSql),
    ...table.foreignKeys.map(foreignKeyConstraintSql),
  ];
  const condition = options.ifNotExists ? "IF NOT EXISTS " : "";
  const head = `CREATE ${PERSISTENCE[table.persistence ?? "permanent"]}TABLE ${condition}${quoteName(table)}`;
  const body = parts.length === 0 ? "()" : `(\n  ${parts.join(",\n  ")}\n)`;
  const partition = table.partitionKey ? ` PARTITION BY ${table.partitionKey}` : "";
  return `${head} ${body}${partition}${withClause(table.options ?? [])}`;
}
