import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireArray, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import {
  type Aggregate,
  type CompiledAggregate,
  compileAggregate,
  type KnownAggregate,
} from "./aggregate.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { conditionSql, scopedWhereSql } from "./condition.ts";
import type { Where } from "./filter.ts";
import { limitClause } from "./limit.ts";
import { type OrderBy, orderSuffix, orderTermSql, orderTerms } from "./order.ts";
import { type ConditionContext, planColumn, relationPlan } from "./relation-plan.ts";
import { ownBinder, type RowStatement } from "./statement.ts";

/** Options of `groupBy`. */
export interface GroupOptions<
  Row = Record<string, unknown>,
  Aggregates = Readonly<Record<string, Aggregate>>,
> {
  /** Result column → aggregate; `{ count: "count" }` by default. */
  readonly aggregates?: Aggregates & {
    readonly [Name in keyof Aggregates]: KnownAggregate<Aggregates[Name], keyof Row & string>;
  };
  readonly where?: Where<Row>;
  /** Which groups to return: a filter of group columns and aggregates by name. */
  readonly having?: Where<
    Readonly<Record<(keyof NoInfer<Row> | keyof NoInfer<Aggregates>) & string, unknown>>
  >;
  /** Group columns and aggregates by name. */
  readonly orderBy?: OrderBy<(keyof Row | keyof NoInfer<Aggregates>) & string>;
  /** Maximum number of groups. */
  readonly limit?: number;
  /** Number of groups to skip. */
  readonly offset?: number;
}

const GROUP_OPTIONS: OptionNames<GroupOptions> = {
  ...{ aggregates: true, where: true, having: true, orderBy: true, limit: true, offset: true },
  ...SEND_OPTIONS,
};

/**
 * The statement of `groupBy`.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param by the columns of a group; an empty array for one group of all rows
 * @param options what to compute
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for an aggregate that the column does not support
 * @example `groupBySql(schema, "track", "genre_id", { aggregates: { tracks: "count" } }).text` →
 * `SELECT "track"."genre_id", count(*) AS "tracks" FROM "public"."track" GROUP BY "track"."genre_id"`
 */
export function groupBySql<Row>(
  schema: AnySchema,
  table: string,
  by: string | readonly string[],
  options: GroupOptions<Row> = {},
): RowStatement {
  requireOptions("groupBy", options, GROUP_OPTIONS);
  const plan = relationPlan(schema, table);
  const groups = listOfColumns(by).map(name => groupColumn(planColumn(plan, name)));
  const context: ConditionContext = { schema, plan, binder: ownBinder(schema), prefix: "" };
  const aggregates = Object.entries<Aggregate>(options.aggregates ?? { count: "count" }).map(
    ([name, aggregate]) => compileAggregate(context, name, aggregate),
  );
  const output = [
    ...groups.map(({ column: { name }, filterCodec }) => ({
      name,
      label: `${table}.${name}`,
      codec: filterCodec,
    })),
    ...aggregates.map(one => one.output),
  ];
  const duplicate = output.find(
    ({ name }, index) => output.findIndex(other => other.name === name) !== index,
  );
  if (duplicate !== undefined)
    throw new ArgumentError(
      `${plan.relation.key}: two result columns are named ${duplicate.name}; name the aggregate differently: aggregates: { n: "count" }`,
    );
  const columns = groups.map(({ quoted }) => `${plan.alias}.${quoted}`);
  const list = [
    ...groups.map(({ filterCodec }, index) => columns[index]! + filterCodec.readCast),
    ...aggregates.map(({ text }) => text),
  ];
  const where = scopedWhereSql(context, options.where);
  const grouping = columns.length === 0 ? "" : ` GROUP BY ${columns.join(", ")}`;
  const having = havingSql(context, groups, aggregates, options.having);
  const order = groupOrder(context, options.orderBy, aggregates);
  const limit = limitClause(plan.relation.key, options.limit, options.offset).sql(context.binder);
  return {
    text: `SELECT ${list.join(", ")} FROM ${plan.name}${where}${grouping}${having}${order}${limit}`,
    params: context.binder.params,
    output,
  };
}

/** ` HAVING ...`, in which a name is a group column or an aggregate. */
function havingSql(
  context: ConditionContext,
  groups: readonly ColumnPlan[],
  aggregates: readonly CompiledAggregate[],
  having: unknown,
): string {
  if (having === undefined) return "";
  const { plan } = context;
  const own = groups.map(
    group => [group.column.name, { ...group, quoted: `${plan.alias}.${group.quoted}` }] as const,
  );
  const computed = aggregates.map(({ call, output: { name, label, codec } }) => {
    const column = { name, type: codec.castType } as ColumnPlan["column"];
    return [
      name,
      { column, label, quoted: call, codec, filterCodec: codec, compareCast: "", hasDates: false },
    ] as const;
  });
  const columns = new Map<string, ColumnPlan>([...own, ...computed]);
  const condition = conditionSql({ ...context, plan: { ...plan, columns } }, having);
  return condition === "" ? "" : ` HAVING ${condition}`;
}

function groupColumn(column: ColumnPlan): ColumnPlan {
  if (column.filterCodec.equals === "=") return column;
  throw new ArgumentError(
    `${column.label}: type ${column.column.type} has no equality operator, so groupBy is not possible`,
  );
}

function groupOrder(
  context: ConditionContext,
  orderBy: OrderBy | undefined,
  aggregates: readonly CompiledAggregate[],
): string {
  const names = new Set(aggregates.map(({ output }) => output.name));
  const texts = orderTerms(orderBy).map(term => {
    const name = typeof term === "string" ? term : "column" in term ? term.column : undefined;
    return name !== undefined && names.has(name)
      ? quoteIdentifier(name) + orderSuffix(term)
      : orderTermSql(context, term);
  });
  return texts.length === 0 ? "" : ` ORDER BY ${texts.join(", ")}`;
}

function listOfColumns(by: string | readonly string[]): readonly string[] {
  if (typeof by === "string") return [by];
  requireArray("by", by);
  return by;
}
