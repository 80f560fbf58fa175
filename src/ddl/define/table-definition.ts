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

/** What stands between the brackets of CREATE TABLE, and around them. */
export interface TableDefinition extends RelationName {
  readonly columns: readonly ColumnDefinition[];
  readonly primaryKey: UniqueDefinition | null;
  /** Constraints only: an index has a statement of its own. */
  readonly uniqueKeys: readonly UniqueDefinition[];
  readonly checks: readonly CheckDefinition[];
  readonly exclusions: readonly Pick<Exclusion, "name" | "definition">[];
  readonly foreignKeys: readonly ForeignKeyDefinition[];
  readonly persistence?: Relation["persistence"];
  readonly partitionKey?: string | null;
  readonly options?: readonly string[];
}

export interface CreateTableOptions {
  readonly ifNotExists?: boolean;
}

const PERSISTENCE = { permanent: "", unlogged: "UNLOGGED ", temporary: "TEMPORARY " } as const;

/** `CREATE TABLE "public"."album" (`, one column or constraint a line, `)`. */
export function tableDefinitionSql(table: TableDefinition, options: CreateTableOptions = {}): string {
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
