import { MEDIA_TYPES } from "../body/media-type.ts";
import type { CrudRoute } from "../crud/crud-route.ts";
import type { JsonObject } from "./open-api-info.ts";
import { listParameters, rowParameters } from "./query-parameters.ts";

/** The names of a table in the document. */
export interface TableNames {
  /** `invoice`, for `listInvoice` and tags. */
  readonly name: string;
  readonly row: JsonObject;
  readonly insert: JsonObject;
  readonly update: JsonObject;
  readonly replace: JsonObject;
}

/** The operations on `/invoice`. */
export function listPath(route: CrudRoute, names: TableNames): JsonObject {
  const list = { type: "array", items: names.row };
  return {
    get: {
      ...head(names, "list", "The rows that match, one page at a time"),
      parameters: listParameters(route),
      responses: {
        200: { description: "Rows", headers: pageHeaders(route), content: listContent(route, list) },
        ...problems(400, 406),
      },
    },
    ...(route.write.size > 0 && {
      post: {
        ...head(names, "insert", "Inserts a row, or many"),
        requestBody: {
          required: true,
          content: {
            ...content("json", { anyOf: [names.insert, { type: "array", items: names.insert }] }),
            ...content("csv", { type: "string" }),
            ...content("ndjson", { type: "string" }),
            ...content("tsv", { type: "string" }),
          },
        },
        responses: {
          201: {
            description: "The stored rows",
            headers: { ...(route.key.length > 0 && LOCATION), ...versionTag(route) },
            content: content("json", { anyOf: [names.row, list, COUNT] }),
          },
          ...SUPPRESSED,
          ...problems(400, 409, 413, 415, 422),
        },
      },
    }),
  };
}

const LOCATION = { Location: { description: "The path of an inserted row", schema: { type: "string" } } };
const SUPPRESSED = { 204: { description: "A trigger of the database suppressed the write" } };
const ETAG = { ETag: { description: "The version of the row", schema: { type: "string" } } };

// Without a version column the state of an inserted row is not read.
function versionTag({ options }: CrudRoute): JsonObject {
  return options.version === undefined ? {} : ETAG;
}

const COUNT = {
  type: "object",
  properties: { rows: { type: "integer", minimum: 0 } },
  required: ["rows"],
  additionalProperties: false,
};

const LINK = { Link: { description: "The next and the previous page", schema: { type: "string" } } };
const TOTAL = {
  "X-Total-Count": { description: "The number of all rows, with total=true", schema: { type: "integer" } },
};

function pageHeaders({ rules }: CrudRoute): JsonObject {
  return { ...LINK, ...(rules.options.has("total") && TOTAL) };
}

function listContent({ options }: CrudRoute, list: JsonObject): JsonObject {
  return {
    ...content("json", list),
    ...content("ndjson", { type: "string" }),
    ...content("csv", { type: "string" }),
    ...content("tsv", { type: "string" }),
    ...(options.stream === true && { "text/event-stream": { schema: { type: "string" } } }),
  };
}

/** The operations on `/invoice/{key}`. */
export function rowPath(route: CrudRoute, names: TableNames): JsonObject {
  const { version } = route.options;
  const stale = version === undefined ? [412] : [412, 428];
  const ifMatch = header("If-Match", "The ETag of the row that was read", version !== undefined);
  const row = { description: "The row", headers: ETAG, content: content("json", names.row) };
  const created = { ...row, headers: { ...LOCATION, ...versionTag(route) } };
  return {
    parameters: [keyParameter(route)],
    get: {
      ...head(names, "get", "A row"),
      parameters: [
        ...rowParameters(route),
        header("If-None-Match", "The ETag of a row that is known", false),
        header("If-Match", "The ETag that the row must have", false),
      ],
      responses: { 200: row, 304: { description: "The row is unchanged" }, ...problems(400, 404, 406, 412) },
    },
    ...(route.write.size > 0 && {
      patch: {
        ...head(names, "update", "Changes a row"),
        parameters: [ifMatch],
        requestBody: { required: true, content: content("json", names.update) },
        responses: { 200: row, ...SUPPRESSED, ...problems(400, 404, 409, ...stale, 413, 415, 422) },
      },
    }),
    ...(route.canPut && {
      put: {
        ...head(names, "put", "Inserts a row, or replaces it: columns that are missing get their defaults"),
        parameters: [
          header("If-Match", "Only replaces the row that was read", false),
          header("If-None-Match", "* only inserts", false),
        ],
        requestBody: { required: true, content: content("json", names.replace) },
        responses: {
          200: row,
          201: created,
          ...SUPPRESSED,
          ...problems(400, 404, 409, ...(route.canUpsert ? stale : [412, 428]), 413, 415, 422),
        },
      },
    }),
    ...(route.options.delete === true && {
      delete: {
        ...head(names, "delete", "Deletes a row"),
        parameters: [ifMatch],
        responses: { 204: { description: "The row was deleted" }, ...problems(400, 404, 409, ...stale) },
      },
    }),
  };
}

function keyParameter({ key }: CrudRoute): JsonObject {
  const description =
    key.length === 1 ? `The value of ${key[0]}` : `The values of ${key.join(", ")}, with commas between`;
  return { name: "key", in: "path", required: true, description, schema: { type: "string" } };
}

function header(name: string, description: string, required: boolean): JsonObject {
  return { name, in: "header", required, description, schema: { type: "string" } };
}

function head({ name }: TableNames, verb: string, summary: string): JsonObject {
  return { operationId: `${verb}_${name}`, tags: [name], summary };
}

function content(format: keyof typeof MEDIA_TYPES, schema: JsonObject): JsonObject {
  return { [MEDIA_TYPES[format][0]]: { schema } };
}

/** The problems that an operation documents; `default` is every other one. */
export function problems(...statuses: readonly number[]): JsonObject {
  return Object.fromEntries(
    [...statuses.map(String), "default"].map(status => [
      status,
      { $ref: `#/components/responses/${status === "default" ? "Problem" : `Problem${status}`}` },
    ]),
  );
}
