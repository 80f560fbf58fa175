import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireObject, requireOptions } from "../../schema/arguments.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { CrudTables } from "../crud/crud-options.ts";
import { type CrudRoute, crudRoutes } from "../crud/crud-route.ts";
import { batchPath } from "./batch-path.ts";
import type { JsonObject, JsonObjects, OpenApiInfo } from "./open-api-info.ts";
import { listPath, rowPath, type TableNames } from "./path-items.ts";
import { PROBLEM_SCHEMA, problemResponses } from "./problem-schema.ts";
import { inputSchemaObject, rowSchemaObject } from "./table-schemas.ts";

/** Options of `openApi`: the head of the document, and tables as for `crud`. */
export interface OpenApiOptions<Tables> extends OpenApiInfo {
  /** Table → what requests can do with it. */
  readonly tables: CrudTables<Tables>;
  /** The beginning of all paths: `/api`. It can have parameters of the router: `/tenants/:tenant`. */
  readonly prefix?: string;
  /** Whether the API has `POST /batch`; true by default. */
  readonly batch?: boolean;
}

const OPEN_API_OPTIONS: OptionNames<OpenApiOptions<unknown>> = {
  title: true,
  version: true,
  description: true,
  security: "object",
  paths: "object",
  tables: "object",
  prefix: true,
  batch: "boolean",
};

/**
 * The OpenAPI 3.1 document of the routes of `crud`, from the snapshot's own rules: types, lengths, bounds, enum labels,
 * defaults, read-only columns, comments, and examples that the tables accept. `paths` adds your own operations, which can refer
 * to the schemas of the tables: `{ $ref: "#/components/schemas/genre" }`.
 * @param schema a snapshot
 * @param options title and version of the API, the tables and the prefix of `crud`
 * @returns the document, plain JSON
 * @throws UnknownNameError and ArgumentError for an invalid option
 * @example `Object.keys(openApi(schema, { title: "Music", version: "1", tables: { genre: {} } }).paths)` → `["/genre", "/genre/{key}"]`
 */
export function openApi<Tables>(
  schema: SchemaSnapshot<Tables>,
  options: OpenApiOptions<Tables>,
): OpenApiDocument {
  requireOptions("openApi", options ?? null, OPEN_API_OPTIONS);
  requireObject("tables", options.tables);
  const { title, version, description, security = {}, paths: own = {}, ...rest } = options;
  requireObject("paths", own);
  const base = schema as AnySchema;
  const given = rest as unknown as Parameters<typeof crudRoutes>[1] & { readonly batch?: boolean };
  const routes = crudRoutes(base, given);
  for (const name of ["title", "version"] as const)
    if (options[name] === undefined)
      throw new ArgumentError(`openApi: ${name} must be a string, received undefined`);
  const tables = namedTables(routes);
  const paths: Record<string, JsonObject> = {};
  for (const { route, names } of tables) {
    addPath(paths, route.path, listPath(route, names));
    if (route.key.length > 0) addPath(paths, `${route.path}/{key}`, rowPath(route, names));
  }
  const batch = given.batch === false ? undefined : batchPath(routes);
  if (batch !== undefined) addPath(paths, `${given.prefix ?? ""}/batch`, batch);
  for (const [path, item] of Object.entries(own)) paths[path] = mergePath(path, paths[path], item);
  return {
    openapi: "3.1.0",
    info: { title, version, ...(description !== undefined && { description }) },
    servers: [{ url: "/" }],
    security: Object.keys(security).map(name => ({ [name]: [] })),
    paths,
    components: {
      schemas: componentSchemas(base, tables),
      responses: problemResponses(paths),
      ...(Object.keys(security).length > 0 && { securitySchemes: security }),
    },
  };
}

// A prefix such as /tenants/:tenant has parameters of the router.
const PARAMETER = /(?<=\/):([^/]+)/g;

function addPath(paths: Record<string, JsonObject>, path: string, item: JsonObject): void {
  const ofPrefix = [...path.matchAll(PARAMETER)].map(([, name]) => ({
    ...{ name, in: "path", required: true, schema: { type: "string" } },
  }));
  const { parameters: own = [] } = item as { readonly parameters?: readonly JsonObject[] };
  const parameters = [...ofPrefix, ...own];
  paths[path.replaceAll(PARAMETER, "{$1}")] = { ...item, ...(parameters.length > 0 && { parameters }) };
}

// One of two descriptions of an operation would be ignored.
function mergePath(path: string, generated: JsonObject | undefined, own: JsonObject): JsonObject {
  if (!path.startsWith("/"))
    throw new ArgumentError(`paths: ${JSON.stringify(path)} must begin with a slash`);
  requireObject(`paths[${JSON.stringify(path)}]`, own);
  const twice = Object.keys(own).find(name => generated !== undefined && Object.hasOwn(generated, name));
  if (twice !== undefined)
    throw new ArgumentError(`paths: ${twice} of ${path} is already described; leave it out`);
  return { ...generated, ...own };
}

/** An OpenAPI document. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: Pick<OpenApiInfo, "title" | "version" | "description">;
  readonly servers: readonly JsonObject[];
  readonly security: readonly JsonObject[];
  readonly paths: JsonObjects;
  readonly components: {
    readonly schemas: JsonObjects;
    readonly responses: JsonObjects;
    readonly securitySchemes?: JsonObjects;
  };
}

interface NamedTable {
  readonly route: CrudRoute;
  readonly names: TableNames;
}

const SUFFIXES = ["", ".insert", ".update", ".replace"] as const;

// Names of components have only these characters.
function namedTables(routes: readonly CrudRoute[]): readonly NamedTable[] {
  const used = new Set<string>(["Problem"]);
  return routes.map(route => {
    const wanted = route.table.replaceAll(/[^\w.-]/g, "_");
    let name = wanted;
    for (let number = 2; SUFFIXES.some(suffix => used.has(name + suffix)); number++)
      name = `${wanted}_${number}`;
    for (const suffix of SUFFIXES) used.add(name + suffix);
    const reference = (suffix: string) => ({ $ref: `#/components/schemas/${name}${suffix}` });
    return {
      route,
      names: {
        name,
        row: reference(""),
        insert: reference(".insert"),
        update: reference(".update"),
        replace: reference(".replace"),
      },
    };
  });
}

function componentSchemas(schema: AnySchema, tables: readonly NamedTable[]): JsonObjects {
  const entries = tables.flatMap(({ route, names: { name } }) => [
    [name, rowSchemaObject(schema, route)] as const,
    ...(route.write.size > 0
      ? [
          [`${name}.insert`, inputSchemaObject(schema, route, "insert")] as const,
          [`${name}.update`, inputSchemaObject(schema, route, "update")] as const,
        ]
      : []),
    ...(route.canPut ? [[`${name}.replace`, inputSchemaObject(schema, route, "replace")] as const] : []),
  ]);
  return Object.fromEntries(tables.length === 0 ? [] : [...entries, ["Problem", PROBLEM_SCHEMA]]);
}
