import type { SqlHandle } from "../../driver/handle.ts";
import { checkLimits, isTransaction, requireHandle } from "../../driver/handle.ts";
import { withDefaults } from "../../driver/with-defaults.ts";
import { ArgumentError } from "../../errors.ts";
import { requireSecret } from "../../rows/page-seal.ts";
import { requireFunction, requireObject, requireOptions } from "../../schema/arguments.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { pageSql } from "../../statements/page-sql.ts";
import { type EventServer, requireHeartbeat } from "../events/event-text.ts";
import { openApi } from "../open-api/open-api.ts";
import { referencePage } from "../open-api/reference-page.ts";
import type { IsListed } from "../problem/constraint-problem.ts";
import { problem, problemResponse } from "../problem/problem.ts";
import { rejectParameter } from "../query/parameter-issue.ts";
import { requestParts, requestQuery } from "../request.ts";
import { RequestError } from "../request-error.ts";
import { respond } from "../response/respond.ts";
import { runBatch } from "./batch-route.ts";
import {
  type AnyCrudOptions,
  CRUD_OPTIONS,
  type CrudHandler,
  type CrudOptions,
  type CrudRoutes,
} from "./crud-options.ts";
import {
  type CrudContext,
  type CrudRequest,
  inScope,
  type Method,
  runInside,
  runMethod,
} from "./crud-request.ts";
import { type CrudCall, type CrudRoute, crudRoutes } from "./crud-route.ts";
import { insertRows, listRows, streamChanges } from "./list-route.ts";
import { deleteOne, getRow, patchRow, putRow } from "./row-route.ts";
import { requireConditions } from "./row-version.ts";

/**
 * Routes for `Bun.serve({ routes })`: per table `GET` (a page, CSV, NDJSON, or with `?stream` its changes) and `POST` (one row or
 * many) on `/invoice`, and `GET`, `PATCH`, `PUT` and `DELETE` on `/invoice/:key`; `POST /batch` for several operations in one
 * transaction. Only tables, columns and operations that the options list are possible.
 * @param sql a pool, or the handle of `asRole` or `transaction` for one request, whose response is read before it ends
 * @param schema a snapshot
 * @param options the tables, the scope of a request, `authorize` and others
 * @returns path → handler of all methods; a handler takes any `Request`, so that every router can use it
 * @throws UnknownNameError and ArgumentError for an invalid option
 * @example `Bun.serve({ routes: crud(sql, schema, { tables: { genre: { sort: ["name"], write: ["name"] } } }) })`
 */
export function crud<Tables, const Name extends TableName<Tables>, const Prefix extends string = "">(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  options: CrudOptions<Tables, Name, Prefix>,
): CrudRoutes<Name, Prefix> {
  requireHandle(sql);
  requireOptions("crud", options ?? null, CRUD_OPTIONS);
  requireObject("tables", options.tables);
  // A function that is undefined by mistake must not allow everything to everyone.
  for (const name of ["scope", "authorize"] as const)
    if (Object.hasOwn(options, name)) requireFunction(`crud: ${name}`, options[name]);
  requireSecret("crud", options);
  if (options.onError !== undefined) requireFunction("crud: onError", options.onError);
  if (options.heartbeat !== undefined) requireHeartbeat(options.heartbeat);
  checkLimits(options.timeout === undefined ? {} : { timeout: options.timeout });
  const untyped = options as unknown as AnyCrudOptions;
  const base = schema as AnySchema;
  const routes = crudRoutes(base, untyped);
  const streaming = isTransaction(sql) && routes.find(route => route.options.stream);
  if (streaming)
    throw new ArgumentError(
      `${streaming.table}: stream would outlast the transaction of the handle; pass a pool, or remove stream`,
    );
  const context: CrudContext = { sql, schema: base, options: untyped, routes };
  const handlers = new Map<string, CrudHandler>();
  for (const route of routes) {
    // A page needs a key that breaks ties.
    pageSql(base, route.table, { limit: 1 });
    handlers.set(route.path, handler(context, listMethods(context, route)));
    if (route.key.length > 0)
      handlers.set(`${route.path}/:key`, handler(context, rowMethods(context, route)));
  }
  if (untyped.batch !== false) addBatch(context, handlers);
  if (untyped.openApi !== undefined) addReference(context, handlers);
  return Object.fromEntries(handlers) as CrudRoutes<Name, Prefix>;
}

type Methods = Readonly<Record<string, Method>>;

function handler({ sql, options, routes }: CrudContext, methods: Methods): CrudHandler {
  const { onError } = options;
  const run = isTransaction(sql) ? runInside : runMethod;
  const isListed = listedColumns(routes);
  const allow = Object.keys(methods).join(", ");
  return async (request, server) => {
    try {
      const method = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
      if (method !== undefined) {
        if (!READS.includes(request.method)) {
          rejectParameters(request);
          requireConditions(request);
        }
        return await run(sql, method, request, server);
      }
      if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
      return problem(new RequestError(405, `the method must be one of ${allow}`, "method"), {
        headers: { allow },
      });
    } catch (error) {
      const reason = request.signal.aborted ? request.signal.reason : error;
      return problemResponse(reason, onError === undefined ? {} : { onError }, isListed);
    }
  };
}

/**
 * The columns that an error may name: a client must not learn the names of others from their constraints. The table of an error
 * can be one under a view, or a partition, which has no route.
 */
function listedColumns(routes: readonly CrudRoute[]): IsListed {
  return (table, column) => {
    const own = routes.filter(route => route.table === table);
    return (own.length === 0 ? routes : own).some(
      ({ columns, write, key }) => columns.includes(column) || write.has(column) || key.includes(column),
    );
  };
}

const READS = ["GET", "HEAD"];

// A write has no parameters, and none is ignored.
function rejectParameters(request: Request): void {
  const [given] = requestQuery(request);
  if (given !== undefined) rejectParameter(given[0], given[1], "no parameters", JSON.stringify(given[0]));
}

function callOf({ options }: CrudContext, route: CrudRoute, { sql, request, own }: CrudRequest): CrudCall {
  const { timeout } = options;
  // The signal of a request costs time, even if it is only read.
  const limited = timeout === undefined ? sql : withDefaults(sql, { signal: request.signal, timeout });
  const schema = own as SchemaSnapshot;
  return { sql: limited, pool: sql, schema, request, url: requestParts(request), route, options };
}

type Operation = (call: CrudCall, server: EventServer | undefined) => Promise<Response>;

function methodOf(context: CrudContext, route: CrudRoute): (run: Operation) => Method {
  return run => inScope(context, (request, server) => run(callOf(context, route, request), server));
}

function listMethods(context: CrudContext, route: CrudRoute): Methods {
  const method = methodOf(context, route);
  const canStream = route.options.stream === true;
  const read = method((call, server) =>
    canStream && requestQuery(call.request).has("stream") ? streamChanges(call, server) : listRows(call),
  );
  return { GET: read, HEAD: read, ...(route.write.size > 0 && { POST: method(insertRows) }) };
}

function rowMethods(context: CrudContext, route: CrudRoute): Methods {
  const method = methodOf(context, route);
  const read = method(getRow);
  return {
    GET: read,
    HEAD: read,
    ...(route.write.size > 0 && { PATCH: method(patchRow) }),
    ...(route.canPut && { PUT: method(putRow) }),
    ...(route.options.delete === true && { DELETE: method(deleteOne) }),
  };
}

function addBatch(context: CrudContext, handlers: Map<string, CrudHandler>): void {
  const { options, routes } = context;
  if (!routes.some(({ write, options: own }) => write.size > 0 || own.delete === true)) return;
  const method = inScope(context, request =>
    runBatch(
      request.request,
      options,
      routes.map(route => callOf(context, route, request)),
    ),
  );
  addHandler(context, handlers, "batch", { POST: method });
}

function addReference(context: CrudContext, handlers: Map<string, CrudHandler>): void {
  const reference = referenceOf(context);
  const json: Method = async (_, request) => await respond(request, reference().document);
  const page: Method = async (_, { method }) => {
    const { html } = reference();
    const length = { "content-length": String(Buffer.byteLength(html)) };
    return method === "HEAD"
      ? new Response(null, { headers: { ...PAGE_HEADERS, ...length } })
      : new Response(html, { headers: PAGE_HEADERS });
  };
  addHandler(context, handlers, "openapi.json", { GET: json, HEAD: json });
  addHandler(context, handlers, "reference", { GET: page, HEAD: page });
}

interface Reference {
  readonly document: ReturnType<typeof openApi>;
  readonly html: string;
}

// In a transaction the routes are made for each request, and few requests need the document.
function referenceOf({ sql, schema, options }: CrudContext): () => Reference {
  const { prefix, batch, tables, openApi: info } = options;
  const more = { ...(prefix !== undefined && { prefix }), ...(batch !== undefined && { batch }) };
  const make = (): Reference => {
    const document = openApi(schema, { ...info!, ...more, tables: tables as never });
    return { document, html: referencePage(document) };
  };
  if (isTransaction(sql)) return make;
  const reference = make();
  return () => reference;
}

const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
} as const;

function addHandler(
  context: CrudContext,
  handlers: Map<string, CrudHandler>,
  name: string,
  methods: Methods,
): void {
  const path = `${context.options.prefix ?? ""}/${name}`;
  if (handlers.has(path))
    throw new ArgumentError(`the path ${path} is also the path of a table; change prefix`);
  handlers.set(path, handler(context, methods));
}
