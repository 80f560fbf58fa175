import { quoteName } from "../../schema/quote.ts";
import type { Relation } from "../../schema/snapshot.ts";
import { withClause } from "./storage-options.ts";

/** What of a view its definition says. */
export type ViewDefinition = Pick<Relation, "schema" | "name" | "options" | "definition"> & {
  readonly kind: "view" | "materializedView";
};

export interface CreateViewOptions {
  /** Of a plain view whose first columns stay as they are. */
  readonly replace?: boolean;
}

/** `CREATE VIEW "public"."cheap" AS` and the query on the next lines. */
export function viewDefinitionSql(view: ViewDefinition, options: CreateViewOptions = {}): string {
  const noun = view.kind === "view" ? "VIEW" : "MATERIALIZED VIEW";
  const verb = options.replace ? "CREATE OR REPLACE" : "CREATE";
  return `${verb} ${noun} ${quoteName(view)}${withClause(view.options)} AS\n${view.definition}`;
}
