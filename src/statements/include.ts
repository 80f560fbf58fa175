import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { IncludeOptions } from "./include-types.ts";
import { type Link, linkOf } from "./relation-link.ts";
import { planColumn, type RelationPlan, relationPlan } from "./relation-plan.ts";

/** One name of an include, resolved. */
export interface IncludeNode {
  readonly name: string;
  readonly link: Link;
  readonly plan: RelationPlan;
  readonly options: IncludeOptions;
  readonly children: readonly IncludeNode[];
}

const OPTIONS: ReadonlySet<string> = new Set([
  ...["table", "by", "through", "many", "on"],
  ...["where", "select", "orderBy", "limit", "offset", "include", "count"],
]);

/** The includes of a table, resolved; throws UnknownNameError and ArgumentError with the path of names. */
export function includeNodes(schema: AnySchema, table: string, include: unknown): readonly IncludeNode[] {
  if (include === undefined) return [];
  if (typeof include !== "object" || include === null || Array.isArray(include))
    throw new ArgumentError(`${table}: include takes an object of relation → true or options`);
  const plan = relationPlan(schema, table);
  return Object.entries(include).map(([name, options]) => includeNode(schema, plan, name, options));
}

function includeNode(schema: AnySchema, parent: RelationPlan, name: string, given: unknown): IncludeNode {
  const where = `${parent.relation.key}: include ${JSON.stringify(name)}`;
  if (given !== true && (typeof given !== "object" || given === null))
    throw new ArgumentError(`${where} takes true or options`);
  if (parent.columns.has(name))
    throw new ArgumentError(`${where}: a column has that name; give another, with table: ...`);
  const options: IncludeOptions = given === true ? {} : given;
  const unknown = Object.keys(options).find(option => !OPTIONS.has(option));
  if (unknown !== undefined) throw new ArgumentError(`${where} has no option ${JSON.stringify(unknown)}`);
  const link = linkOf(schema, parent.relation, name, options);
  for (const column of link.from) planColumn(schema, parent, column);
  if (!link.isMany && (options.limit ?? options.offset ?? options.orderBy) !== undefined)
    throw new ArgumentError(`${where} is one row: it has no order and no limit`);
  if (
    options.count &&
    Object.keys(options).some(option => ["select", "orderBy", "limit", "offset", "include"].includes(option))
  )
    throw new ArgumentError(`${where}: a count has no columns, order, limit or include`);
  const plan = relationPlan(schema, link.table);
  return { name, link, plan, options, children: includeNodes(schema, link.table, options.include) };
}

/** The columns of a table that its includes are found by. */
export function linkColumns(nodes: readonly IncludeNode[]): readonly string[] {
  return [...new Set(nodes.flatMap(({ link }) => link.from))];
}
