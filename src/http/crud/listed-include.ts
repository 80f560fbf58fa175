import type { AnySchema } from "../../schema/snapshot.ts";
import type { Include, IncludeNode } from "../../statements/include.ts";
import { includeNodes } from "../../statements/include-nodes.ts";
import { relationPlan } from "../../statements/relation-plan.ts";
import type { AnyCrudOptions } from "./crud-options.ts";

/**
 * An include whose related rows have only the columns that the API lists for their own table, unless the include selects
 * columns itself: a column that no request can read must not be read through a relation. Throws as `includeNodes`.
 */
export function listedInclude(
  schema: AnySchema,
  table: string,
  include: Include,
  { tables }: AnyCrudOptions,
): Include {
  const listed = new Map(
    Object.entries(tables).map(([name, own]) => [relationPlan(schema, name).relation.key, own?.select]),
  );
  return withSelect(includeNodes(schema, table, include), include, listed);
}

function withSelect(
  nodes: readonly IncludeNode[],
  include: Include,
  listed: ReadonlyMap<string, readonly string[] | undefined>,
): Include {
  return Object.fromEntries(
    nodes.map(({ name, plan, children }) => {
      const given = include[name]!;
      const options = given === true ? {} : given;
      if (options.count || options.aggregates !== undefined) return [name, given];
      const select = options.select ?? listed.get(plan.relation.key);
      const inner = options.include && withSelect(children, options.include, listed);
      return [name, { ...options, ...(select && { select }), ...(inner && { include: inner }) }];
    }),
  );
}
