import { quoteName } from "../../schema/quote.ts";
import type { Relation, RelationKind, RelationName } from "../../schema/snapshot.ts";
import { withClause } from "../../schema/storage-options.ts";

const NOUNS: Readonly<Record<RelationKind, string>> = {
  table: "TABLE",
  partitioned: "TABLE",
  foreign: "FOREIGN TABLE",
  view: "VIEW",
  materializedView: "MATERIALIZED VIEW",
};

type Target = Pick<Relation, "kind" | "schema" | "name">;

/** A relation as CREATE, DROP and COMMENT ON name it: `MATERIALIZED VIEW "public"."genre_sales"`. */
export function relationTarget(relation: Target, condition = ""): string {
  return `${NOUNS[relation.kind]} ${condition}${quoteName(relation)}`;
}

export interface DropDefinitionOptions {
  readonly ifExists?: boolean | undefined;
  readonly cascade?: boolean | undefined;
}

/** `DROP TABLE IF EXISTS "public"."album" CASCADE`. */
export function dropRelationSql(relation: Target, options: DropDefinitionOptions = {}): string {
  const target = relationTarget(relation, options.ifExists === true ? "IF EXISTS " : "");
  return `DROP ${target}${options.cascade === true ? " CASCADE" : ""}`;
}

/** The properties of a view that its CREATE statement names. */
export type ViewDefinition = Pick<Relation, "schema" | "name" | "options" | "definition"> & {
  readonly kind: "view" | "materializedView";
};

export interface ViewDefinitionOptions {
  /** Replace a plain view whose first columns are the same. */
  readonly replace?: boolean;
}

/** `CREATE VIEW "public"."cheap" AS` and the query on the next lines. */
export function viewDefinitionSql(view: ViewDefinition, options: ViewDefinitionOptions = {}): string {
  const verb = options.replace ? "CREATE OR REPLACE" : "CREATE";
  return `${verb} ${relationTarget(view)}${withClause(view.options)} AS\n${view.definition}`;
}

/** `ALTER TABLE "public"."reading" ATTACH PARTITION "public"."reading_2026" FOR VALUES IN (1)`. */
export function attachSql(parent: RelationName, partition: RelationName, bound: string): string {
  return `ALTER TABLE ${quoteName(parent)} ATTACH PARTITION ${quoteName(partition)} ${bound}`;
}

/** `ALTER TABLE "public"."reading" DETACH PARTITION "public"."reading_2026"`. */
export function detachSql(parent: RelationName, partition: RelationName): string {
  return `ALTER TABLE ${quoteName(parent)} DETACH PARTITION ${quoteName(partition)}`;
}
