import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { requireTable } from "../../queues/notify-trigger.ts";
import { nextVersion } from "../../rows/update-version.ts";
import { requireOptions } from "../../schema/arguments.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnPlan } from "../../statements/column-plan.ts";
import { conflictTarget } from "../../statements/conflict-target.ts";
import { planColumn, type RelationPlan, relationPlan } from "../../statements/relation-plan.ts";
import { requireRowState } from "../../statements/row-state-sql.ts";
import { isFixed } from "../../statements/update-sql.ts";
import { type QueryRules, queryRules } from "../query/query-rules.ts";
import type { UrlParts } from "../request.ts";
import { accessKey } from "./access-key.ts";
import {
  type AnyCrudOptions,
  CRUD_TABLE_OPTIONS,
  type CrudOperation,
  type CrudTable,
} from "./crud-options.ts";
import { listedInclude } from "./listed-include.ts";
import { callOwn } from "./own-function.ts";

/** A table of `crud` with everything that is known before a request. */
export interface CrudRoute {
  readonly table: string;
  /** `/api/invoice` */
  readonly path: string;
  readonly options: CrudTable;
  readonly rules: QueryRules;
  /** The columns that a client may read. */
  readonly columns: readonly string[];
  /** The columns that a client may write. */
  readonly write: ReadonlySet<string>;
  /** Those of a row that exists: without the key, which is in its path, and without what only the database writes. */
  readonly change: ReadonlySet<string>;
  readonly key: readonly string[];
  /** Whether `PUT` can insert a row, because a client can choose its key. */
  readonly canPut: boolean;
  /** Whether a row with a given key can be inserted or replaced by one statement. */
  readonly canUpsert: boolean;
}

/** A request on its way through a route, with the snapshot of its scope. */
export interface CrudCall {
  /** The handle with the limits of the request. */
  readonly sql: SqlHandle;
  /** The handle without limits, for streams. */
  readonly pool: SqlHandle;
  readonly schema: SchemaSnapshot;
  readonly request: Request;
  readonly url: UrlParts;
  readonly route: CrudRoute;
  readonly options: AnyCrudOptions;
}

/** The routes of the tables. Throws UnknownNameError and ArgumentError for an invalid option. */
export function crudRoutes(schema: AnySchema, options: AnyCrudOptions): readonly CrudRoute[] {
  requirePrefix(options.prefix);
  const routes = Object.keys(options.tables).map(table => crudRoute(schema, table, options));
  const twice = routes.find(({ table }, at) => routes.findIndex(one => one.table === table) < at);
  if (twice === undefined) return routes;
  throw new ArgumentError(`tables: ${twice.table} is given twice; remove one`);
}

// Characters that a path has as they are. The key of a row has the name key.
const PREFIX = /^(?:\/(?!:key(?:\/|$))[!$-)+\-.0->@-~]+)*$/;

function requirePrefix(prefix = ""): void {
  if (!PREFIX.test(prefix))
    throw new ArgumentError(
      `prefix must be empty, or a path such as "/api" without a slash at the end, percent-encoded and without a parameter ":key", received ${JSON.stringify(prefix)}`,
    );
}

function crudRoute(schema: AnySchema, table: string, options: AnyCrudOptions): CrudRoute {
  const plan = relationPlan(schema, table);
  const own = options.tables[table]!;
  requireOptions(`table ${JSON.stringify(table)}`, own ?? null, CRUD_TABLE_OPTIONS);
  const { write = [], delete: _delete, stream, version, ...query } = own;
  if (stream) requireTable(plan);
  requireUpdatable(plan, own);
  for (const name of write) requireWritable(planColumn(plan, name), version);
  // Rejects a column whose type has no next version.
  if (version !== undefined) nextVersion(schema, plan, planColumn(plan, version));
  else if (plan.key.length > 0) requireRowState(schema, plan);
  const secret = options.secret === undefined ? {} : { secret: options.secret };
  const include = query.include && listedInclude(schema, table, query.include, options);
  const rules = queryRules(schema, table, { ...query, ...(include && { include }), ...secret });
  const columns = own.select ?? plan.all.output.map(({ name }) => name);
  return {
    ...{ table: plan.relation.key, options: own, rules, columns, write: new Set(write) },
    change: new Set(write.filter(name => !isFixed(plan, planColumn(plan, name)))),
    // A segment * of a route would match every path.
    path: `${options.prefix ?? ""}/${encodeURIComponent(plan.relation.key).replaceAll("*", "%2A")}`,
    key: plan.key.map(({ column }) => column.name),
    canPut: write.length > 0 && canChooseKey(plan),
    canUpsert: canUpsert(plan),
  };
}

// The reason why it cannot is for the developer.
function canUpsert(plan: RelationPlan): boolean {
  try {
    conflictTarget(plan, undefined, true);
    return true;
  } catch {
    return false;
  }
}

/** Throws ArgumentError for an option that allows what PostgreSQL always rejects, such as writes of a materialized view. */
function requireUpdatable(
  { key: columns, relation: { key, updatable } }: RelationPlan,
  { write = [], delete: isDelete }: CrudTable,
): void {
  if (write.length > 0 && !updatable.insert && !updatable.update)
    throw new ArgumentError(`${key}: PostgreSQL cannot insert or update rows of this relation; remove write`);
  if (isDelete && !updatable.delete)
    throw new ArgumentError(`${key}: PostgreSQL cannot delete rows of this relation; remove delete`);
  if (isDelete && columns.length === 0)
    throw new ArgumentError(`${key}: without a primary key its rows have no paths; remove delete`);
}

function requireWritable({ label, column }: ColumnPlan, version: string | undefined): void {
  if (column.name === version)
    throw new ArgumentError(
      `${label}: every change sets the column of version, so that clients cannot write it; remove it from write`,
    );
}

function canChooseKey({ key, overriding }: RelationPlan): boolean {
  const isFree = ({ column }: ColumnPlan): boolean =>
    column.generated === null && (column.identity !== "always" || overriding !== "");
  return key.length > 0 && key.every(isFree);
}

/** Calls `authorize`; its response, if it returns one. */
export function rejection(
  call: Pick<CrudCall, "schema" | "request" | "route" | "options">,
  operation: CrudOperation,
  given?: unknown,
): Promise<Response | undefined> | undefined {
  const { schema, request, route, options } = call;
  const { authorize } = options;
  if (authorize === undefined) return undefined;
  const key = given === undefined ? undefined : accessKey(schema, route.table, given);
  return responseOf(callOwn("authorize", () => authorize(request, { table: route.table, operation, key })));
}

async function responseOf(answer: Promise<unknown>): Promise<Response | undefined> {
  const result = await answer;
  return result instanceof Response ? result : undefined;
}
