import { requireSnapshot } from "../schema/arguments.ts";
import { derive } from "../schema/derived.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { filterClause } from "./condition.ts";
import { type Include, type IncludeNode, resolveInclude } from "./include.ts";
import { hasFilters, includeShape, withoutFilters } from "./include-shape.ts";
import { MAX_SHAPES, nameShape } from "./statement.ts";

type Nodes = readonly IncludeNode[];

const nodesOf = derive((_schema: AnySchema) => new Map<string, Nodes>());

/**
 * The relations of an include, resolved once per shape; throws UnknownNameError and ArgumentError with the path of names.
 */
export function includeNodes(schema: AnySchema, table: string, include: unknown): Nodes {
  const shape = includeShape(include);
  if (shape === undefined) return resolveInclude(schema, table, include);
  const given = include as Include;
  const nodes = nodesOfShape(schema, table, shape, given);
  return hasFilters(given) ? withFilters(schema, nodes, given) : nodes;
}

function nodesOfShape(schema: AnySchema, table: string, shape: string, include: Include): Nodes {
  requireSnapshot(schema);
  const known = nodesOf(schema);
  const key = nameShape(table) + shape;
  const found = known.get(key);
  if (found !== undefined) return found;
  const nodes = resolveInclude(schema, table, withoutFilters(include));
  if (known.size >= MAX_SHAPES) known.clear();
  known.set(key, nodes);
  return nodes;
}

function withFilters(schema: AnySchema, nodes: Nodes, include: Include): Nodes {
  return nodes.map(node => {
    const options = include[node.name]!;
    if (options === true) return node;
    const children = withFilters(schema, node.children, options.include ?? {});
    const filter = filterClause(schema, node.plan, options.where, `${node.plan.alias}.`);
    return { ...node, children, filter };
  });
}
