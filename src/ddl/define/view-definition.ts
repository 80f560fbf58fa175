import type { Relation } from "../../schema/snapshot.ts";
import { withClause } from "../../schema/storage-options.ts";
import { relationTarget } from "./relation-target.ts";

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
