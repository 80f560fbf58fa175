import { quoteName } from "../../schema/quote.ts";
import type { Relation, RelationKind } from "../../schema/snapshot.ts";

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
