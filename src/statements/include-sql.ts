import type { AnySchema } from "../schema/snapshot.ts";
import { printArrayLiteral } from "../types/array-literal.ts";
import { findBuiltin } from "../types/catalogue.ts";
import { int8Codec } from "../types/integer.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { conditionSql } from "./condition.ts";
import { type IncludeNode, linkColumns } from "./include.ts";
import { limitClause } from "./limit.ts";
import { orderSql } from "./order.ts";
import {
  aliasBeside,
  type ConditionContext,
  numberColumn,
  planColumn,
  type RelationPlan,
  relationPlan,
  selectColumns,
  unusedName,
} from "./relation-plan.ts";
import {
  type Binder,
  bind,
  bindList,
  newBinder,
  type OutputColumn,
  type RowStatement,
  whereSql,
} from "./statement.ts";

/** The statement of an include, and the column that relates its rows to the keys. */
export interface IncludeStatement extends RowStatement {
  /** The name of the column with the number of the key, from 1; or the column that equals the key. */
  readonly key: { readonly number: string } | { readonly column: ColumnPlan };
}

/**
 * The statement of an include, which reads the related rows of many rows at once. If equal keys have equal texts, one
 * index scan finds the rows; otherwise the keys are numbered and PostgreSQL joins them.
 * @param schema a snapshot
 * @param parent the table the rows are of
 * @param node the include, resolved
 * @param keys the distinct keys of the rows, as PostgreSQL's texts in the order of the link's columns
 * @returns the SQL, its parameters and the columns it returns
 */
export function includeSql(
  schema: AnySchema,
  parent: RelationPlan,
  node: IncludeNode,
  keys: readonly (readonly string[])[],
): IncludeStatement {
  const { plan, options } = node;
  const binder = newBinder();
  const number = unusedName(plan, "n");
  const build: Build = {
    schema,
    parent,
    node,
    keys,
    binder,
    number,
    context: { schema, plan, binder, prefix: `${plan.alias}.` },
  };
  if (options.count) return relatedCountSql(build);
  const column = keyColumn(parent, node);
  return column === undefined ? numberedSql(build) : listedSql(build, column);
}

interface Build {
  readonly schema: AnySchema;
  readonly parent: RelationPlan;
  readonly node: IncludeNode;
  readonly keys: readonly (readonly string[])[];
  readonly binder: Binder;
  readonly number: string;
  readonly context: ConditionContext;
}

// Types whose equal values have one text and one JavaScript value.
/** The related column that equals the key, if its text identifies the key. */
function keyColumn(parent: RelationPlan, { link, plan, options }: IncludeNode): ColumnPlan | undefined {
  const [from, to] = [link.from[0]!, link.to[0]!];
  if (
    link.from.length > 1 ||
    link.through ||
    options.limit !== undefined ||
    options.offset !== undefined ||
    options.count
  )
    return undefined;
  const own = planColumn(parent, from);
  const related = planColumn(plan, to);
  const isSame =
    own.codec.castType === related.codec.castType &&
    own.codec.form === related.codec.form &&
    findBuiltin(own.codec.castType)?.hasOneText === true;
  return isSame && (own.column.collation ?? related.column.collation) === null ? related : undefined;
}

function listedSql({ node, keys, binder, context }: Build, column: ColumnPlan): IncludeStatement {
  const { options, plan } = node;
  const list = bindList(binder, printArrayLiteral(keys.map(([key]) => key!)), column.codec.castType, column);
  const selected = selectColumns(plan, includedColumns(node, column.column.name));
  const conditions = [
    `${context.prefix}${column.quoted} = ANY (${list})`,
    conditionSql(context, options.where),
    plan.scope.condition(binder, context.prefix),
  ];
  const tail = orderSql(context, options.orderBy);
  const text = `SELECT ${selected.text} FROM ${plan.name}${whereSql(conditions)}${tail}`;
  return { text, params: binder.params, output: selected.output, key: { column } };
}

function numberedSql(build: Build): IncludeStatement {
  const { schema, node, binder, number, context } = build;
  const { options, plan } = node;
  const from = keySource(build);
  const conditions = relatedConditions(build);
  const selected = selectColumns(plan, includedColumns(node), context.prefix);
  const list = `${selected.text}${selected.text === "" ? "" : ", "}${from.number}`;
  const tail =
    orderSql(context, options.orderBy) +
    limitClause(plan.relation.key, options.limit, options.offset).sql(binder);
  const isLimited = options.limit !== undefined || options.offset !== undefined;
  const text = isLimited
    ? `SELECT "found".* FROM ${from.keys} CROSS JOIN LATERAL (SELECT ${list} FROM ${from.rows}${whereSql([from.on, ...conditions])}${tail}) AS "found"`
    : `SELECT ${list} FROM ${from.keys} JOIN ${from.rows} ON ${from.on}${whereSql(conditions)}${tail}`;
  return {
    text,
    params: binder.params,
    output: [...selected.output, numberColumn(schema, node.plan)],
    key: { number },
  };
}

function relatedCountSql(build: Build): IncludeStatement {
  const { schema, node, binder, number } = build;
  const from = keySource(build);
  const conditions = relatedConditions(build);
  const count: OutputColumn = { name: "count", label: "count", codec: int8Codec("number") };
  const text = `SELECT count(*) AS "count", ${from.number} FROM ${from.keys} JOIN ${from.rows} ON ${from.on}${whereSql(conditions)} GROUP BY 2`;
  return { text, params: binder.params, output: [count, numberColumn(schema, node.plan)], key: { number } };
}

function relatedConditions({ schema, node, binder, context }: Build): readonly string[] {
  return [
    conditionSql(context, node.options.where),
    node.plan.scope.condition(binder, context.prefix),
    throughScope(schema, node, binder),
  ];
}

/** The columns to read: those that `select` names, those of nested includes, and the key. */
function includedColumns(
  { options, children, plan }: IncludeNode,
  key?: string,
): readonly string[] | undefined {
  const { select } = options;
  if (select === undefined && (key === undefined || plan.columns.get(key)?.column.privileges.select))
    return undefined;
  const wanted = select ?? selectColumns(plan, undefined).output.map(({ name }) => name);
  return [...wanted, ...linkColumns(children), ...(key === undefined ? [] : [key])];
}

interface KeySource {
  /** The numbered keys. */
  readonly keys: string;
  /** The related table, joined with the junction table. */
  readonly rows: string;
  readonly on: string;
  /** The number of the key, as a column. */
  readonly number: string;
}

function keySource({ schema, parent, node, binder, keys, number }: Build): KeySource {
  const { link, plan } = node;
  const keysName = aliasBeside(plan, "keys");
  const lists = link.from.map((_, index) =>
    bind(
      binder,
      printArrayLiteral(keys.map(key => key[index]!)),
      "text[]",
      planColumn(parent, link.from[index]!),
    ),
  );
  const names = [...link.from.map((_, index) => `"k${index + 1}"`), `"n"`];
  const numbered = `unnest(${lists.join(", ")}) WITH ORDINALITY AS ${keysName} (${names.join(", ")})`;
  const { through } = link;
  const first = through === undefined ? plan : relationPlan(schema, through.table);
  const firstAlias = through === undefined ? plan.alias : aliasBeside(plan, "junction");
  const on = link.to.map((name, index) => {
    const { castType } = planColumn(parent, link.from[index]!).codec;
    return `${firstAlias}.${planColumn(first, name).quoted} = ${keysName}."k${index + 1}"::${castType}`;
  });
  const rows = through === undefined ? plan.name : throughRows(plan, first, through);
  return { keys: numbered, rows, on: on.join(" AND "), number: `${keysName}."n"::int4 AS "${number}"` };
}

function throughRows(
  plan: RelationPlan,
  junction: RelationPlan,
  { from, to }: NonNullable<IncludeNode["link"]["through"]>,
): string {
  const alias = aliasBeside(plan, "junction");
  const quoted = (owner: RelationPlan, name: string): string => planColumn(owner, name).quoted;
  const on = from.map(
    (name, index) => `${plan.alias}.${quoted(plan, to[index]!)} = ${alias}.${quoted(junction, name)}`,
  );
  return `(${junction.name} AS ${alias} JOIN ${plan.name} ON ${on.join(" AND ")})`;
}

function throughScope(schema: AnySchema, { link, plan }: IncludeNode, binder: Binder): string {
  if (link.through === undefined) return "";
  const { scope } = relationPlan(schema, link.through.table);
  return scope.condition(binder, `${aliasBeside(plan, "junction")}.`);
}
