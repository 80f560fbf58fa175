import type { AnySchema } from "../schema/snapshot.ts";
import { findBuiltin } from "../types/catalogue.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { type IncludeNode, junctionAlias, linkColumns } from "./include.ts";
import { relatedTableSql } from "./relation-link.ts";
import {
  aliasBeside,
  ownRowSql,
  planColumn,
  type RelationPlan,
  relationPlan,
  selectColumns,
} from "./relation-plan.ts";
import { joinConditions, type OutputColumn } from "./statement.ts";
import { TABLE_OF_ROW } from "./table-of-row.ts";

/** The SELECT of a relation's rows, before it has cells. */
export interface LevelSelect {
  readonly text: string;
  readonly output: readonly OutputColumn[];
  /** Columns that are only read to find related rows. */
  readonly hidden: readonly string[];
  /** The columns that equal columns of the parent; undefined if the last column is the number of the parent row. */
  readonly key: readonly { readonly own: string; readonly parent: string }[] | undefined;
}

/** The columns of the CTEs. */
export interface LevelNames {
  /** The name of column `number` of a SELECT, from 1. */
  readonly column: (number: number) => string;
  /** The number of the parent row. */
  readonly parent: string;
  /** The number of the row. */
  readonly number: string;
}

const NAME = /^(?:c\d+|parent|number)$/;

/** Names that no column of the tables has, because raw SQL in a filter or an order can name these without their table. */
export function levelNames(plans: readonly RelationPlan[]): LevelNames {
  const used = plans.flatMap(({ columns }) => [...columns.keys()]);
  let end = "";
  while (used.some(name => name.endsWith(end) && NAME.test(name.slice(0, name.length - end.length))))
    end += "_";
  return { column: number => `"c${number}${end}"`, parent: `"parent${end}"`, number: `"number${end}"` };
}

/** The CTE of the rows that a relation belongs to. */
interface ParentLevel {
  readonly number: number;
  readonly names: LevelNames;
  readonly plan: RelationPlan;
  readonly output: readonly OutputColumn[];
}

/** The texts of a node's clauses. */
export interface LevelClauses {
  /** The filter and the scope, without WHERE. */
  readonly filter: string;
  /** The scope of the junction table. */
  readonly junction: string;
  readonly order: string;
  readonly limit: string;
  /** The select list of aggregates instead of rows. */
  readonly summary: string;
}

/**
 * The rows of a relation. If equal keys have equal texts, the columns of the key relate them to their parents;
 * otherwise PostgreSQL joins them, and each row has the number of its parent.
 */
export function levelSql(
  schema: AnySchema,
  node: IncludeNode,
  parent: ParentLevel,
  clauses: LevelClauses,
): LevelSelect {
  const { plan, link } = node;
  const alias = aliasBeside(plan, `level${parent.number}`);
  const keys = link.from.map(name => parentKey(parent, alias, name));
  const columns = keyColumns(parent.plan, node);
  if (columns === undefined) return numberedSql(schema, node, { parent, alias, keys }, clauses);
  const own = columns.map(({ quoted }) => `${plan.alias}.${quoted}`);
  const from = parentFrom(parent, alias);
  const isRelated = `${tuple(own)} IN (SELECT ${keys.join(", ")} FROM ${from})`;
  const { text, output } = selectColumns(plan, includedColumns(node, link.to), `${plan.alias}.`);
  const where = joinConditions([isRelated, clauses.filter]);
  return {
    text: `SELECT ${text} FROM ${relatedTableSql(link, plan)} WHERE ${where}${clauses.order}`,
    output,
    hidden: hiddenColumns(node, output),
    key: link.to.map((own, index) => ({ own, parent: link.from[index]! })),
  };
}

function tuple(items: readonly string[]): string {
  return items.length === 1 ? items[0]! : `(${items.join(", ")})`;
}

function parentFrom({ number }: ParentLevel, alias: string): string {
  const name = `"level${number}"`;
  return name === alias ? name : `${name} AS ${alias}`;
}

// A column that is read as text is cast back, which is exact.
function parentKey({ plan, output, names }: ParentLevel, alias: string, name: string): string {
  const { codec, filterCodec } = planColumn(plan, name);
  const number = output.findIndex(column => column.name === name) + 1;
  return `${alias}.${names.column(number)}${codec.readCast === "" ? "" : `::${filterCodec.castType}`}`;
}

/** The related columns that equal the key, if their values identify it: equal values have one text. */
function keyColumns(
  parent: RelationPlan,
  { link, plan, options, aggregates, isOfOwnRows }: IncludeNode,
): readonly ColumnPlan[] | undefined {
  if (
    isOfOwnRows ||
    aggregates !== undefined ||
    link.through ||
    options.limit !== undefined ||
    options.offset !== undefined
  )
    return undefined;
  const columns = link.to.map(name => planColumn(plan, name));
  const isSame = columns.every((related, index) => isSameKey(planColumn(parent, link.from[index]!), related));
  return isSame ? columns : undefined;
}

function isSameKey(own: ColumnPlan, related: ColumnPlan): boolean {
  return (
    own.codec.castType === related.codec.castType &&
    own.codec.form === related.codec.form &&
    findBuiltin(own.codec.castType)?.hasOneText === true &&
    (own.collation ?? related.collation) === null
  );
}

interface Join {
  readonly parent: ParentLevel;
  readonly alias: string;
  readonly keys: readonly string[];
}

function numberedSql(
  schema: AnySchema,
  node: IncludeNode,
  { parent, alias, keys }: Join,
  { filter: condition, junction, order, limit, summary }: LevelClauses,
): LevelSelect {
  const { plan, aggregates } = node;
  const filter = joinConditions([condition, junction]);
  const { rows, on: isRelated } = relatedRows(schema, node, keys);
  const own = node.isOfOwnRows ? ownRowSql(parent.plan, parentKey(parent, alias, TABLE_OF_ROW)) : "";
  const on = joinConditions([own, isRelated]);
  const number = `${alias}.${parent.names.number}`;
  const from = parentFrom(parent, alias);
  if (aggregates !== undefined) {
    const text = `SELECT ${summary}, ${number} FROM ${from} JOIN ${rows} ON ${on}${whereText(filter)} GROUP BY ${aggregates.length + 1}`;
    return { text, output: aggregates.map(({ output }) => output), hidden: [], key: undefined };
  }
  const selected = selectColumns(plan, includedColumns(node, []), `${plan.alias}.`);
  const list = [selected.text, number].filter(text => text !== "").join(", ");
  const text =
    limit === ""
      ? `SELECT ${list} FROM ${from} JOIN ${rows} ON ${on}${whereText(filter)}${order}`
      : `SELECT "found".* FROM ${from} CROSS JOIN LATERAL (SELECT ${list} FROM ${rows} WHERE ${joinConditions([on, filter])}${order}${limit}) AS "found"`;
  return { text, output: selected.output, hidden: hiddenColumns(node, selected.output), key: undefined };
}

function whereText(filter: string): string {
  return filter === "" ? "" : ` WHERE ${filter}`;
}

/** The columns to read: the columns of `select`, of nested includes, and of the key. */
function includedColumns(
  { options, children, plan }: IncludeNode,
  key: readonly string[],
): readonly string[] | undefined {
  const { select } = options;
  const needed = [...linkColumns(children), ...key];
  if (select === undefined && needed.every(name => plan.columns.get(name)?.column.privileges.select))
    return undefined;
  const wanted = select ?? selectColumns(plan, undefined).output.map(({ name }) => name);
  return [...wanted, ...needed];
}

function hiddenColumns(
  { options: { select }, plan }: IncludeNode,
  output: LevelSelect["output"],
): readonly string[] {
  const shown = select ?? plan.all.output.map(({ name }) => name);
  return output.map(({ name }) => name).filter(name => !shown.includes(name));
}

interface RelatedRows {
  /** The related table, joined with the junction table. */
  readonly rows: string;
  readonly on: string;
}

function relatedRows(schema: AnySchema, { link, plan }: IncludeNode, keys: readonly string[]): RelatedRows {
  const { through } = link;
  const first = through === undefined ? plan : relationPlan(schema, through.table);
  const alias = through === undefined ? plan.alias : junctionAlias(plan);
  const on = joinConditions(
    link.to.map((name, index) => `${alias}.${planColumn(first, name).quoted} = ${keys[index]}`),
  );
  const related = relatedTableSql(link, plan);
  if (through === undefined) return { rows: related, on };
  const between = through.from.map((name, index) => {
    const { quoted } = planColumn(plan, through.to[index]!);
    return `${plan.alias}.${quoted} = ${alias}.${planColumn(first, name).quoted}`;
  });
  return { rows: `(${first.name} AS ${alias} JOIN ${related} ON ${joinConditions(between)})`, on };
}
