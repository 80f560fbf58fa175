import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, TableName } from "../schema/tables.ts";
import type { Combination, Where } from "./filter.ts";
import type { Fragment } from "./fragment.ts";
import type { OrderBy } from "./order.ts";
import { type Link, type LinkOptions, linkOf } from "./relation-link.ts";
import { planColumn, type RelationPlan, relationPlan } from "./relation-plan.ts";

/** Related rows wanted with each row: name → options, or `true` for all their columns. */
export type Include = Readonly<Record<string, true | IncludeOptions>>;

/** Which related rows, and what of them. */
export interface IncludeOptions extends LinkOptions {
  readonly where?: Where;
  /** The columns wanted; all readable ones by default. */
  readonly select?: readonly string[];
  readonly orderBy?: OrderBy;
  /** Rows for each row, from 0. */
  readonly limit?: number;
  /** Rows to leave out first, for each row. */
  readonly offset?: number;
  /** Rows related to these in turn. */
  readonly include?: Include;
  /** Only how many there are. */
  readonly count?: boolean;
}

/** The option `include` of a function that reads rows, checked against a generated module where there is one. */
export interface IncludeOption<Tables, Name extends TableName<Tables>, Wanted> {
  /** Related rows wanted with each row. */
  readonly include?: Wanted & KnownRelations<Tables, Name, Wanted>;
}

// An include checked at every level: its relations, unless the options spell them out, their columns and filters.
type KnownRelations<Tables, Name extends TableName<Tables>, Include> = {
  readonly [Relation in keyof Include & string]: Include[Relation] extends { readonly table: infer Table }
    ? Table extends TableName<Tables>
      ? KnownOptions<Tables, Table, Include[Relation]>
      : Refused<`no table ${Table & string}`>
    : Tables[Name] extends { relations: infer Relations }
      ? Relation extends keyof Relations
        ? Relations[Relation] extends { table: infer Related extends TableName<Tables> }
          ? KnownOptions<Tables, Related, Include[Relation]>
          : unknown
        : Refused<`${Name} has no relation ${Relation}`>
      : unknown;
};

type KnownOptions<Tables, Related extends TableName<Tables>, Options> = Options extends true
  ? true
  : {
      readonly select?: readonly ColumnName<Tables, Related>[];
      readonly where?: Where<FilterOf<Tables, Related>> &
        (Options extends { readonly where: infer Filter }
          ? KnownColumns<FilterOf<Tables, Related>, Filter>
          : unknown);
      readonly orderBy?: OrderBy<ColumnName<Tables, Related>>;
      readonly include?: Options extends { readonly include: infer Inner }
        ? KnownRelations<Tables, Related, Inner>
        : unknown;
    } & {
      readonly [Option in Exclude<
        keyof Options & string,
        keyof IncludeOptions
      >]: Refused<`no option ${Option}`>;
    };

// An object of an inferred type is not searched for columns too many.
type KnownColumns<Row, Filter> = Filter extends Combination | Fragment
  ? unknown
  : { readonly [Column in Exclude<keyof Filter & string, keyof Row>]: Refused<`no column ${Column}`> };

// An object, because the intersection with a text would be `never`, which says nothing.
interface Refused<Reason extends string> {
  readonly "~refused": Reason;
}

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
  for (const column of link.from) planColumn(parent, column);
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
