import { ArgumentError } from "../errors.ts";
import {
  type OptionNames,
  requireArray,
  requireObject,
  requireOptions,
  SEND_OPTIONS,
} from "../schema/arguments.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { canGroup } from "../types/type-operators.ts";
import {
  type Aggregate,
  type CompiledAggregate,
  compileAggregate,
  type KnownAggregate,
} from "./aggregate.ts";
import { type AnyAlias, aliasClause, aliasOutput, isAlias } from "./alias.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { conditionSql, scopedWhereSql } from "./condition.ts";
import type { Where } from "./filter.ts";
import { limitClause } from "./limit.ts";
import { isOrder, type OrderBy, orderSuffix, orderTermSql, orderTerms } from "./order.ts";
import { type ConditionContext, planColumn, relationPlan } from "./relation-plan.ts";
import { nameShape, type OutputColumn, ownBinder, type RowStatement } from "./statement.ts";

/** Options of `groupBy`. */
export interface GroupOptions<
  Row = Record<string, unknown>,
  Aggregates = Readonly<Record<string, Aggregate>>,
  Computed extends string = never,
> {
  /** Result column → aggregate: `"count"`, `{ sum: column }`, `avg`, `min`, `max`; default: `{ count: "count" }`. */
  readonly aggregates?: Aggregates & {
    readonly [Name in keyof Aggregates]: KnownAggregate<Aggregates[Name], keyof Row & string>;
  };
  /** A filter of the rows that are grouped; default: all rows. */
  readonly where?: Where<Row>;
  /** A filter of the groups, by group columns and names of aggregates. */
  readonly having?: Where<
    Readonly<Record<(keyof NoInfer<Row> | keyof NoInfer<Aggregates>) & string, unknown>>
  >;
  /** Group columns, computed ones and aggregates by name. */
  readonly orderBy?: OrderBy<((keyof Row | keyof NoInfer<Aggregates>) & string) | NoInfer<Computed>>;
  /** Maximum number of groups. */
  readonly limit?: number;
  /** Number of groups to skip. */
  readonly offset?: number;
}

/** A column of the groups, or one computed by `alias`. */
type GroupKey = string | AnyAlias;

const GROUP_OPTIONS: OptionNames<GroupOptions> = {
  ...{ aggregates: true, where: true, having: true, orderBy: true, limit: true, offset: true },
  ...SEND_OPTIONS,
};

/**
 * The statement of `groupBy`.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param by the columns of a group, and computed ones created by `alias`; an empty array for one group of all rows
 * @param options what to compute
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for an aggregate that the column does not support
 * @example `groupBySql(schema, "track", "genre_id", { aggregates: { tracks: "count" } }).text` →
 * `SELECT "track"."genre_id", count(*) AS "tracks" FROM "public"."track" GROUP BY "track"."genre_id"`
 */
export function groupBySql<Row>(
  schema: AnySchema,
  table: string,
  by: GroupKey | readonly GroupKey[],
  options: GroupOptions<Row> = {},
): RowStatement {
  requireOptions("groupBy", options, GROUP_OPTIONS);
  const plan = relationPlan(schema, table);
  const context: ConditionContext = { schema, plan, binder: ownBinder(schema), prefix: "" };
  const groups = listOfKeys(by).map((key, index) => groupOf(context, key, index + 1));
  if (options.aggregates !== undefined) requireObject(`${plan.relation.key}: aggregates`, options.aggregates);
  const aggregates = Object.entries<Aggregate>(options.aggregates ?? { count: "count" }).map(
    ([name, aggregate]) => compileAggregate(context, name, aggregate),
  );
  const output = [...groups.map(one => one.output), ...aggregates.map(one => one.output)];
  const duplicate = output.find(
    ({ name }, index) => output.findIndex(other => other.name === name) !== index,
  );
  if (duplicate !== undefined) throw duplicateError(plan.relation.key, groups, duplicate.name);
  const list = [...groups, ...aggregates].map(({ text }) => text);
  const where = scopedWhereSql(context, options.where);
  const grouping = groupingSql(groups, aggregates);
  const having = havingSql(context, groups, aggregates, options.having);
  const order = groupOrder(context, options.orderBy, groups, aggregates);
  const limit = limitClause(plan.relation.key, options.limit, options.offset).sql(context.binder);
  return {
    text: `SELECT ${list.join(", ")} FROM ${plan.name}${where}${grouping}${having}${order}${limit}`,
    params: context.binder.params,
    output,
  };
}

// Without columns and aggregates only GROUP BY makes one group of the rows.
function groupingSql(groups: readonly Group[], aggregates: readonly CompiledAggregate[]): string {
  if (groups.length === 0) return aggregates.length === 0 ? " GROUP BY ()" : "";
  return ` GROUP BY ${groups.map(one => one.grouping).join(", ")}`;
}

function duplicateError(table: string, groups: readonly Group[], name: string): ArgumentError {
  const same = groups.filter(({ output }) => output.name === name);
  if (same.length > 1 && same.every(({ column }) => column !== undefined))
    return new ArgumentError(`${table}: groupBy by ${name} twice; remove one of them`);
  const advice = same.some(({ column }) => column === undefined)
    ? "choose a different alias"
    : 'rename the aggregate, as in aggregates: { n: "count" }';
  return new ArgumentError(`${table}: two result columns are named ${name}; ${advice}`);
}

/** ` HAVING ...`, in which a name is a group column or an aggregate. */
function havingSql(
  context: ConditionContext,
  groups: readonly Group[],
  aggregates: readonly CompiledAggregate[],
  having: unknown,
): string {
  if (having === undefined) return "";
  const { plan } = context;
  const own = groups.flatMap(({ column }) =>
    column === undefined ? [] : [[column.column.name, column] as const],
  );
  const computed = aggregates.map(({ call, output: { name, label, codec } }) => {
    const column = { name, type: codec.castType } as ColumnPlan["column"];
    return [
      name,
      {
        column,
        label,
        quoted: call,
        shape: nameShape(name),
        codec,
        filterCodec: codec,
        compareCast: "",
        default: null,
        collation: null,
        isSubquery: false,
        hasDates: false,
      },
    ] as const;
  });
  const columns = new Map<string, ColumnPlan>([...own, ...computed]);
  const condition = conditionSql({ ...context, plan: { ...plan, columns } }, having);
  return condition === "" ? "" : ` HAVING ${condition}`;
}

/** A column of the groups, or a computed one. */
interface Group {
  /** The item of the select list. */
  readonly text: string;
  /** The item of GROUP BY. */
  readonly grouping: string;
  readonly output: OutputColumn;
  /** Undefined for a computed column. */
  readonly column: ColumnPlan | undefined;
}

function groupOf({ schema, plan, binder }: ConditionContext, key: GroupKey, position: number): Group {
  const { key: table } = plan.relation;
  if (isAlias(key)) {
    const [output] = aliasOutput(schema, table, [], [key]);
    // By its position, because the same SQL with other parameters would not be the same expression.
    return {
      text: aliasClause(schema, [key]).sql(binder),
      grouping: String(position),
      output: output!,
      column: undefined,
    };
  }
  const column = groupColumn(planColumn(plan, key));
  const { filterCodec, label } = column;
  const grouping = `${plan.alias}.${column.quoted}`;
  const output = { name: column.column.name, label, codec: filterCodec };
  return { text: grouping + filterCodec.readCast, grouping, output, column };
}

function groupColumn(column: ColumnPlan): ColumnPlan {
  if (canGroup(column.filterCodec)) return column;
  throw new ArgumentError(
    `${column.label}: type ${column.column.type} has no equality operator, so groupBy is not possible`,
  );
}

function groupOrder(
  context: ConditionContext,
  orderBy: OrderBy | undefined,
  groups: readonly Group[],
  aggregates: readonly CompiledAggregate[],
): string {
  const computed = groups.flatMap(({ column, output: { name } }) => (column === undefined ? [name] : []));
  const texts = orderTerms(orderBy).map(term => {
    const name = isOrder(term) && term.relevance === undefined ? term.column : term;
    const aggregate = aggregates.find(({ output }) => output.name === name);
    if (aggregate !== undefined) return sortedSql(aggregate) + orderSuffix(term);
    return typeof name === "string" && computed.includes(name)
      ? quoteIdentifier(name) + orderSuffix(term)
      : orderTermSql(context, term);
  });
  return texts.length === 0 ? "" : ` ORDER BY ${texts.join(", ")}`;
}

// The result column of a value that is read as text would be sorted as a text.
function sortedSql({ call, output: { name, codec } }: CompiledAggregate): string {
  return codec.readCast === "" ? quoteIdentifier(name) : call;
}

function listOfKeys(by: GroupKey | readonly GroupKey[]): readonly GroupKey[] {
  if (typeof by === "string" || isAlias(by)) return [by];
  requireArray("by", by);
  return by;
}
