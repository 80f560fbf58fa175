import * as v from "valibot";
import { requireSecret } from "../../rows/page-seal.ts";
import { requireOptions } from "../../schema/arguments.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, FilterOf, SortName, TableName } from "../../schema/tables.ts";
import { countSql } from "../../statements/count-sql.ts";
import type { Where } from "../../statements/filter.ts";
import type { Include } from "../../statements/include.ts";
import { search } from "../../statements/operators.ts";
import { asc, desc, type Order } from "../../statements/order.ts";
import { type FilterCondition, filterConditions } from "./filter-parameter.ts";
import { filterWhere } from "./filter-where.ts";
import { ParameterError, parameterIssue, rejectParameter } from "./parameter-issue.ts";
import { QUERY_OPTIONS, type QueryRules, type QuerySchemaOptions, queryRules } from "./query-rules.ts";
import { type QueryTexts, queryTexts } from "./query-texts.ts";

/** The options of `page` and of the other reading functions that a URL's query asks for. */
export interface Query<
  Row = Record<string, unknown>,
  Column extends string = string,
  Sort extends string = Column,
> {
  readonly where: Where<Row>;
  readonly limit: number;
  readonly orderBy?: readonly Order<Sort>[];
  readonly select?: readonly Column[];
  readonly include?: Include;
  readonly after?: string;
  readonly before?: string;
  readonly total?: boolean;
  readonly secret?: string;
}

/** What `querySchema` returns for table `Name`. */
export type QuerySchema<Tables, Name extends TableName<Tables>> = v.GenericSchema<
  unknown,
  Query<FilterOf<Tables, Name>, ColumnName<Tables, Name>, SortName<Tables, Name>>
>;

/**
 * A valibot schema that turns the query of a URL into the options of `page`: `status=sent&due_on[lt]=2027-01-01`,
 * `id[in]=1,2`, `customer.country=FI`, `invoice_line[some].quantity[gt]=5`, `settings->theme=dark`, `sort=-number,id`,
 * `select=id,total`, `include=customer`, `limit=50`, `after=TOKEN`, `total=true`, `q=words`. A text is read by the codec of
 * its column.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options what the query may ask for
 * @returns a schema of `URLSearchParams`; the path of an issue is the parameter's name
 * @throws UnknownNameError and ArgumentError for an invalid option
 * @example `v.parse(querySchema(schema, "track", { sort: ["name"] }), new URLSearchParams("sort=-name&limit=5")).limit` → `5`
 */
export function querySchema<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: QuerySchemaOptions<ColumnName<Tables, Name>, SortName<Tables, Name>> = {},
): QuerySchema<Tables, Name> {
  requireOptions("querySchema", options, QUERY_OPTIONS);
  requireSecret("querySchema", options);
  const rules = queryRules(schema as AnySchema, table, options as QuerySchemaOptions);
  return v._standardSchema({
    ...v.instance(URLSearchParams),
    "~run": (dataset: v.UnknownDataset) => runQuery(schema as AnySchema, rules, dataset.value),
  } as never) as unknown as QuerySchema<Tables, Name>;
}

type Dataset = v.OutputDataset<unknown, v.BaseIssue<unknown>>;

/** The query of a URL by rules; throws ValiError with the issues of all parameters. */
export function parseQuery(schema: AnySchema, rules: QueryRules, texts: QueryTexts): Query {
  const issues: v.BaseIssue<unknown>[] = [];
  const query = readQuery(schema, rules, texts, issues);
  const [first, ...rest] = issues;
  if (first !== undefined) throw new v.ValiError<v.GenericSchema>([first, ...rest]);
  return query;
}

function runQuery(schema: AnySchema, rules: QueryRules, input: unknown): Dataset {
  if (!(input instanceof URLSearchParams))
    return v.instance(URLSearchParams)["~run"]({ value: input }, {}) as Dataset;
  const issues: v.BaseIssue<unknown>[] = [];
  const value = readQuery(schema, rules, queryTexts(input), issues);
  const [first, ...rest] = issues;
  return first === undefined
    ? { typed: true, value }
    : { typed: false, value: input, issues: [first, ...rest] };
}

function readQuery(
  schema: AnySchema,
  rules: QueryRules,
  parameters: QueryTexts,
  issues: v.BaseIssue<unknown>[],
): Query {
  const conditions: FilterCondition[] = [];
  const searches: FilterCondition[] = [];
  const query: { -readonly [Name in keyof Query]: Query[Name] } = { where: {}, limit: rules.limit.default };
  if (rules.secret !== undefined) query.secret = rules.secret;
  if (rules.select !== undefined) query.select = rules.select;
  for (const [name, texts] of parameters) {
    try {
      if (!rules.options.has(name)) addConditions(rules, conditions, name, texts);
      else if (name === "q") searches.push(searchCondition(rules, texts));
      else Object.assign(query, readParameter(rules, name, texts));
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      issues.push(error.issue);
    }
  }
  if (query.after !== undefined && query.before !== undefined)
    issues.push(
      parameterIssue("before", { expected: "after or before, not both", received: "both" }, query.before),
    );
  conditions.push(...searches);
  if (conditions.length > 0) query.where = filterWhere(conditions);
  if (issues.length === 0 && conditions.some(({ isChecked }) => !isChecked))
    requireWhere(schema, rules.table, query.where, parameters, issues);
  return query;
}

function addConditions(
  rules: QueryRules,
  conditions: FilterCondition[],
  name: string,
  texts: readonly string[],
): void {
  const { maxConditions } = rules;
  for (const condition of filterConditions(rules, name, texts))
    if (conditions.push(condition) > maxConditions)
      rejectParameter(name, texts[0]!, `at most ${maxConditions} conditions of all parameters`, "more");
}

// Rejects what the statement would reject.
function requireWhere(
  schema: AnySchema,
  table: string,
  where: Where,
  parameters: QueryTexts,
  issues: v.BaseIssue<unknown>[],
): void {
  try {
    countSql(schema, table, { where });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const name = [...parameters.keys()].join(", ");
    const text = [...parameters.values()].flat().join(", ");
    issues.push({
      ...parameterIssue(name, { expected: "a filter", received: "an invalid one" }, text),
      message: error.message,
    });
  }
}

type Parameter = (rules: QueryRules, name: string, text: string) => Partial<Query>;

/** The parameters that are not filters. */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  sort: (rules, name, text) => ({ orderBy: sortOrder(rules, name, text) }),
  select: (rules, name, text) => ({ select: namesOf(name, text, rules.select ?? []) }),
  include: (rules, name, text) => {
    const include = rules.include ?? {};
    return {
      include: Object.fromEntries(namesOf(name, text, Object.keys(include)).map(one => [one, include[one]!])),
    };
  },
  limit: ({ limit }, name, text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > limit.max) rejectParameter(name, text, `an integer from 1 to ${limit.max}`);
    return { limit: value };
  },
  after: (_, name, text) => ({ after: tokenOf(name, text) }),
  before: (_, name, text) => ({ before: tokenOf(name, text) }),
  total: (_, name, text) => {
    if (text !== "true" && text !== "false") rejectParameter(name, text, "true or false");
    return { total: text === "true" };
  },
};

function readParameter(rules: QueryRules, name: string, texts: readonly string[]): Partial<Query> {
  const [text = ""] = texts;
  if (texts.length > 1) rejectParameter(name, text, "the parameter once", `${texts.length} times`);
  return PARAMETERS[name]!(rules, name, text);
}

function tokenOf(name: string, text: string): string {
  return text === "" ? rejectParameter(name, text, "a page token") : text;
}

function sortOrder({ sort }: QueryRules, name: string, text: string): readonly Order[] {
  const given = text.split(",");
  const columns = namesOf(name, given.map(one => one.replace(/^-/, "")).join(","), sort);
  return columns.map((column, at) => (given[at]!.startsWith("-") ? desc(column) : asc(column)));
}

function namesOf(name: string, text: string, allowed: readonly string[]): readonly string[] {
  const names = text.split(",");
  const unknown = names.find(one => !allowed.includes(one));
  if (unknown !== undefined)
    rejectParameter(name, text, `names of ${allowed.join(", ")}`, JSON.stringify(unknown));
  const twice = names.find((one, at) => names.indexOf(one) !== at);
  if (twice !== undefined) rejectParameter(name, text, "each name once", JSON.stringify(twice));
  return names;
}

function searchCondition({ search: rule }: QueryRules, texts: readonly string[]): FilterCondition {
  const [text = ""] = texts;
  if (texts.length > 1) rejectParameter("q", text, "the parameter once", `${texts.length} times`);
  const { column, ...options } = rule!;
  return {
    relations: [],
    isChecked: false,
    column,
    test: search(text, options),
  };
}
