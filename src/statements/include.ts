import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireObject, requireOptions } from "../schema/arguments.ts";
import type { ChosenLink } from "../schema/included.ts";
import type { Rejected } from "../schema/rejected.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type {
  ColumnName,
  FilterOf,
  KnownTables,
  NoRelation,
  RowOf,
  SortName,
  TableName,
} from "../schema/tables.ts";
import { describeValue } from "../types/problem.ts";
import { type Aggregate, type CompiledAggregate, compileAggregate } from "./aggregate.ts";
import { filterClause } from "./condition.ts";
import type { Combination, Where } from "./filter.ts";
import type { Fragment } from "./fragment.ts";
import { includeEntry, requireInclude } from "./include-entry.ts";
import { limitClause } from "./limit.ts";
import { type OrderBy, orderClause } from "./order.ts";
import { isOfOwnRows, LINK_OPTIONS, type Link, type LinkOptions, linkOf } from "./relation-link.ts";
import { aliasBeside, planColumn, type RelationPlan, relationPlan } from "./relation-plan.ts";
import { type Binder, type Clause, NO_CLAUSE, newBinder } from "./statement.ts";
import { TABLE_OF_ROW } from "./table-of-row.ts";

/** Related rows to read with each row: relation → options, or `true` for all columns. */
export type Include = Readonly<Record<string, true | IncludeOptions>>;

/** Options of one relation of `include`. */
export interface IncludeOptions extends LinkOptions {
  /** A filter of the related rows; default: all of them. */
  readonly where?: Where;
  /** The columns to return; default: all readable ones. */
  readonly select?: readonly string[];
  /** Columns of the related table, `asc(...)`, `desc(...)` or raw SQL. */
  readonly orderBy?: OrderBy;
  /** Maximum number of related rows per row. */
  readonly limit?: number;
  /** Number of related rows to skip per row. */
  readonly offset?: number;
  /** Rows that are related to the related rows. */
  readonly include?: Include;
  /** `true` for the number of related rows instead of the rows. */
  readonly count?: boolean;
  /** Result column → aggregate of the related rows, as for `groupBy`: an object of these columns instead of the rows. */
  readonly aggregates?: Readonly<Record<string, Aggregate>>;
}

/** The option `include` of a function that reads rows, checked against the generated module. */
export interface IncludeOption<Tables, Name extends TableName<Tables>, Wanted> {
  /** Related rows to read with each row. */
  readonly include?: Wanted & KnownRelations<Tables, Name, Wanted>;
}

// Checks an include at every level: relations (unless the options name the table), columns and filters. One whose
// relations are only known when the program runs, such as that of a URL, is checked then.
export type KnownRelations<Tables, Name extends TableName<Tables>, Include> = string extends keyof Include
  ? unknown
  : KnownNames<Tables, Name, Include>;

type KnownNames<Tables, Name extends TableName<Tables>, Include> = {
  readonly [Relation in keyof Include & string]: Include[Relation] extends { readonly table: infer Table }
    ? Table extends TableName<Tables>
      ? KnownOptions<Tables, Table, Include[Relation]>
      : Rejected<`no table ${Table & string}`>
    : KnownTables<Tables>[Name] extends { relations: infer Relations }
      ? Relation extends keyof Relations
        ? Relations[Relation] extends { table: infer Related extends TableName<Tables> }
          ? KnownOptions<Tables, Related, Include[Relation]>
          : unknown
        : Relation extends keyof RowOf<Tables, Name>
          ? Rejected<`${Name} has a column ${Relation}: choose another name with the option table`>
          : [Relation, Include[Relation]] extends [TableName<Tables>, ChosenLink]
            ? KnownOptions<Tables, Relation & TableName<Tables>, Include[Relation]>
            : Rejected<NoRelation<Tables, Name, Relation>>
      : unknown;
};

type KnownOptions<Tables, Related extends TableName<Tables>, Options> = Options extends true
  ? true
  : {
      readonly select?: readonly ColumnName<Tables, Related>[];
      readonly where?: Options extends { readonly where: infer Filter }
        ? KnownWhere<FilterOf<Tables, Related>, Filter>
        : Where<FilterOf<Tables, Related>>;
      readonly orderBy?: OrderBy<SortName<Tables, Related>>;
      readonly include?: Options extends { readonly include: infer Inner }
        ? KnownRelations<Tables, Related, Inner>
        : unknown;
    } & {
      readonly [Option in Exclude<
        keyof Options & string,
        keyof IncludeOptions
      >]: Rejected<`no option ${Option}`>;
    };

// The compiler reports no excess properties of inferred types. A combination was created without knowing its table.
type KnownWhere<Row, Filter> = Filter extends Combination | Fragment
  ? Filter
  : Where<Row> & {
      readonly [Column in Exclude<keyof Filter & string, keyof Row>]: Rejected<`no column ${Column}`>;
    };

/** One relation of an include, resolved. */
export interface IncludeNode {
  readonly name: string;
  readonly link: Link;
  readonly plan: RelationPlan;
  readonly options: IncludeOptions;
  readonly children: readonly IncludeNode[];
  /** Whether only rows of the parent table itself have related rows, not rows of tables that inherit from it. */
  readonly isOfOwnRows: boolean;
  /** All that the text depends on, apart from the clauses. */
  readonly shape: string;
  /** The filter and the scope. */
  readonly filter: Clause;
  /** The scope of the junction table. */
  readonly junction: Clause;
  readonly order: Clause;
  readonly limit: Clause;
  /** The aggregates instead of the rows. */
  readonly aggregates: readonly CompiledAggregate[] | undefined;
  /** The select list of the aggregates, which can have parameters. */
  readonly summary: Clause;
}

const INCLUDE_OPTIONS: OptionNames<IncludeOptions> = {
  ...LINK_OPTIONS,
  where: true,
  select: true,
  orderBy: true,
  limit: true,
  offset: true,
  include: true,
  count: true,
  aggregates: true,
};

/** The relations of an include, resolved; throws as `includeNodes`. */
export function resolveInclude(schema: AnySchema, table: string, include: unknown): readonly IncludeNode[] {
  if (include === undefined) return [];
  requireInclude(table, include);
  const plan = relationPlan(schema, table);
  return Object.entries(include).map(([name, options]) => resolveNode(schema, plan, name, options));
}

const OF_ROWS: readonly string[] = ["select", "orderBy", "limit", "offset", "include"];

// Aggregates stand for all rows of the relation.
function requireSummary(where: string, options: IncludeOptions): void {
  const names = Object.keys(options);
  const isBoth = options.count && options.aggregates !== undefined;
  const summary = options.count ? "count: true" : "aggregates";
  if (isBoth || names.some(name => OF_ROWS.includes(name)))
    throw new ArgumentError(
      `${where}: ${summary} cannot be combined with select, orderBy, limit, offset${isBoth ? ", include or aggregates" : " or include"}`,
    );
  if (options.aggregates !== undefined) requireObject(`${where}: aggregates`, options.aggregates);
  if (options.aggregates !== undefined && Object.keys(options.aggregates).length === 0)
    throw new ArgumentError(`${where}: aggregates must name at least one aggregate`);
}

function resolveNode(schema: AnySchema, parent: RelationPlan, name: string, given: unknown): IncludeNode {
  const { where, options } = includeEntry<IncludeOptions>(parent, name, given);
  requireOptions(where, options, INCLUDE_OPTIONS);
  const link = linkOf(schema, parent.relation, name, options);
  for (const column of link.from) planColumn(parent, column);
  if (!link.isMany && (options.limit ?? options.offset ?? options.orderBy) !== undefined)
    throw new ArgumentError(`${where} is one row; remove orderBy, limit and offset`);
  if (options.count !== undefined && typeof options.count !== "boolean")
    throw new ArgumentError(
      `${where}: count must be true or false, received ${describeValue(options.count)}`,
    );
  if (options.count || options.aggregates !== undefined) requireSummary(where, options);
  const plan = relationPlan(schema, link.table);
  const children = resolveInclude(schema, link.table, options.include);
  return {
    ...{ name, link, plan, options, children, isOfOwnRows: isOfOwnRows(link, parent) },
    ...clausesOf(schema, name, link, plan, options),
  };
}

function clausesOf(
  schema: AnySchema,
  name: string,
  { through }: Link,
  plan: RelationPlan,
  options: IncludeOptions,
): Omit<IncludeNode, "name" | "link" | "plan" | "options" | "children" | "isOfOwnRows"> {
  const { table, by, many, on, select, count, where, orderBy, limit, offset } = options;
  const wanted = count ? COUNT : options.aggregates;
  return {
    ...(wanted === undefined ? NO_SUMMARY : summaryOf(schema, plan, wanted)),
    shape: JSON.stringify([name, table, by, options.through, many, on, select, count]),
    filter: filterClause(schema, plan, where, `${plan.alias}.`),
    junction: through === undefined ? NO_CLAUSE : scopeClause(relationPlan(schema, through.table), plan),
    order: orderClause(schema, plan, orderBy),
    limit: limitClause(plan.relation.key, limit, offset),
  };
}

const COUNT: Readonly<Record<string, Aggregate>> = { count: "count" };
const NO_SUMMARY = { aggregates: undefined, summary: NO_CLAUSE };

function summaryOf(
  schema: AnySchema,
  plan: RelationPlan,
  wanted: Readonly<Record<string, Aggregate>>,
): Pick<IncludeNode, "aggregates" | "summary"> {
  const compile = (binder: Binder): readonly CompiledAggregate[] =>
    Object.entries(wanted).map(([name, aggregate]) =>
      compileAggregate({ schema, plan, binder, prefix: `${plan.alias}.` }, name, aggregate),
    );
  const sql = (binder: Binder): string =>
    compile(binder)
      .map(({ call, output }) => call + output.codec.readCast)
      .join(", ");
  // Aggregates can have filters, whose values must not be cached.
  const shape = wanted === COUNT ? "" : undefined;
  return { aggregates: compile(newBinder()), summary: { shape, params: [], sql } };
}

function scopeClause({ scope }: RelationPlan, related: RelationPlan): Clause {
  const prefix = `${junctionAlias(related)}.`;
  return { shape: scope.shape, params: scope.params, sql: binder => scope.condition(binder, prefix) };
}

/** The alias of the junction table. */
export function junctionAlias(related: RelationPlan): string {
  return aliasBeside(related, "junction");
}

/** The columns of a table that its includes require. */
export function linkColumns(nodes: readonly IncludeNode[]): readonly string[] {
  return [
    ...new Set(
      nodes.flatMap(({ link, isOfOwnRows }) => [...link.from, ...(isOfOwnRows ? [TABLE_OF_ROW] : [])]),
    ),
  ];
}
