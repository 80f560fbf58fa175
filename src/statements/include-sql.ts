import type { AnySchema } from "../schema/snapshot.ts";
import { printArrayLiteral } from "../types/array-literal.ts";
import { int8Codec } from "../types/integer.ts";
import { codecFor } from "../types/resolve.ts";
import { condition } from "./condition.ts";
import { type IncludeNode, linkColumns } from "./include.ts";
import { limitClause } from "./limit.ts";
import { orderClause } from "./order.ts";
import { aliasBeside, planColumn, type RelationPlan, relationPlan, selectColumns } from "./relation-plan.ts";
import { scopeCondition } from "./scope.ts";
import { type Binder, bind, type OutputColumn, type RowStatement } from "./statement.ts";

/** The statement of an include, and the name of the column with the number, from 1, of the key a row belongs to. */
export interface IncludeStatement extends RowStatement {
  readonly number: string;
}

/**
 * The statement of an include: the related rows of many rows at once. The keys are numbered, and each row comes with
 * the number of its key, so that it is PostgreSQL that tells which belong together.
 * @param schema a snapshot
 * @param parent the table the rows are of
 * @param node the include, resolved
 * @param keys the rows' different keys, as PostgreSQL's texts in the order of the link's columns
 * @returns the SQL, its parameters and the columns it returns
 */
export function includeSql(
  schema: AnySchema,
  parent: RelationPlan,
  node: IncludeNode,
  keys: readonly (readonly string[])[],
): IncludeStatement {
  const { plan, options } = node;
  const keysName = aliasBeside(plan, "keys");
  const binder: Binder = { params: [] };
  const number = unusedName(plan, "n");
  const context = { schema, plan, binder, prefix: `${plan.alias}.` };
  const from = keySource(schema, parent, node, binder, keys);
  const own = condition(context, options.where);
  const scopes = [scopeCondition(schema, plan, binder, context.prefix), throughScope(schema, node, binder)];
  const conditions = [own, ...scopes].filter(text => text !== "");
  const ordinal = `${keysName}."n"::int4 AS "${number}"`;
  const numberColumn: OutputColumn = { name: number, label: number, codec: codecFor(schema, "int4", -1) };
  if (options.count) {
    const count: OutputColumn = { name: "count", label: "count", codec: int8Codec("number") };
    const text = `SELECT count(*) AS "count", ${ordinal} FROM ${from.keys} JOIN ${from.rows} ON ${from.on}${where(conditions)} GROUP BY ${keysName}."n"`;
    return { text, params: binder.params, output: [count, numberColumn], number };
  }
  const selected = selectColumns(schema, plan, includedColumns(node), context.prefix);
  const list = `${selected.text}${selected.text === "" ? "" : ", "}${ordinal}`;
  const tail =
    orderClause(context, options.orderBy) +
    limitClause(binder, plan.relation.key, options.limit, options.offset);
  const isLimited = options.limit !== undefined || options.offset !== undefined;
  const text = isLimited
    ? `SELECT "found".* FROM ${from.keys} CROSS JOIN LATERAL (SELECT ${list} FROM ${from.rows}${where([from.on, ...conditions])}${tail}) AS "found"`
    : `SELECT ${list} FROM ${from.keys} JOIN ${from.rows} ON ${from.on}${where(conditions)}${tail}`;
  return { text, params: binder.params, output: [...selected.output, numberColumn], number };
}

/** The columns that are read: those wanted, and those that further includes are found by. */
export function includedColumns({ options, children }: IncludeNode): readonly string[] | undefined {
  if (options.select === undefined) return undefined;
  return [...options.select, ...linkColumns(children)];
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
}

interface KeySource {
  /** The numbered keys. */
  readonly keys: string;
  /** The related table, behind the table between. */
  readonly rows: string;
  readonly on: string;
}

function keySource(
  schema: AnySchema,
  parent: RelationPlan,
  { link, plan }: IncludeNode,
  binder: Binder,
  keys: readonly (readonly string[])[],
): KeySource {
  const keysName = aliasBeside(plan, "keys");
  const lists = link.from.map((_, index) =>
    bind(binder, printArrayLiteral(keys.map(key => key[index]!)), "text[]"),
  );
  const names = [...link.from.map((_, index) => `"k${index + 1}"`), `"n"`];
  const numbered = `unnest(${lists.join(", ")}) WITH ORDINALITY AS ${keysName} (${names.join(", ")})`;
  const { through } = link;
  const first = through === undefined ? plan : relationPlan(schema, through.table);
  const firstAlias = through === undefined ? plan.alias : aliasBeside(plan, "between");
  const on = link.to.map((name, index) => {
    const { castType } = planColumn(schema, parent, link.from[index]!).codec;
    return `${firstAlias}.${planColumn(schema, first, name).quoted} = ${keysName}."k${index + 1}"::${castType}`;
  });
  const rows = through === undefined ? plan.name : throughRows(schema, plan, first, through);
  return { keys: numbered, rows, on: on.join(" AND ") };
}

function throughRows(
  schema: AnySchema,
  plan: RelationPlan,
  between: RelationPlan,
  { from, to }: NonNullable<IncludeNode["link"]["through"]>,
): string {
  const betweenName = aliasBeside(plan, "between");
  const quoted = (owner: RelationPlan, name: string): string => planColumn(schema, owner, name).quoted;
  const on = from.map(
    (name, index) => `${plan.alias}.${quoted(plan, to[index]!)} = ${betweenName}.${quoted(between, name)}`,
  );
  return `(${between.name} AS ${betweenName} JOIN ${plan.name} ON ${on.join(" AND ")})`;
}

function throughScope(schema: AnySchema, { link, plan }: IncludeNode, binder: Binder): string {
  if (link.through === undefined) return "";
  return scopeCondition(
    schema,
    relationPlan(schema, link.through.table),
    binder,
    `${aliasBeside(plan, "between")}.`,
  );
}

function unusedName({ columns }: RelationPlan, wanted: string): string {
  let name = wanted;
  while (columns.has(name)) name += "_";
  return name;
}
