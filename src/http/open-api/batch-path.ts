import type { CrudRoute } from "../crud/crud-route.ts";
import type { JsonObject } from "./open-api-info.ts";
import { problems } from "./path-items.ts";

const TEXT = { type: "string" };

/** The operation `POST /batch`; undefined if no table can be written. */
export function batchPath(routes: readonly CrudRoute[]): JsonObject | undefined {
  const tables = routes.filter(({ write, options }) => write.size > 0 || options.delete === true);
  if (tables.length === 0) return undefined;
  return {
    post: {
      operationId: "batch",
      summary: "Several operations in one transaction; refs takes values from the rows of earlier operations",
      requestBody: {
        required: true,
        content: { "application/json": { schema: batchSchema(tables.map(({ table }) => table)) } },
      },
      responses: {
        200: {
          description: "The stored row of each operation, or null",
          content: { "application/json": { schema: RESULTS } },
        },
        ...problems(400, 404, 409, 412, 413, 415, 422),
      },
    },
  };
}

function batchSchema(tables: readonly string[]): JsonObject {
  const operation = {
    type: "object",
    properties: {
      op: { type: "string", enum: ["insert", "update", "upsert", "delete"] },
      table: { type: "string", enum: tables },
      id: { ...TEXT, description: "A name for refs of later operations" },
      key: { description: "The primary key: a value, or an array in key order" },
      row: { type: "object" },
      refs: {
        type: "object",
        description: "Column → id of an earlier operation, a dot and a column of its row",
        additionalProperties: TEXT,
      },
      version: { ...TEXT, description: "The version of the row that was read" },
    },
    required: ["op", "table"],
    additionalProperties: false,
  };
  return { type: "array", minItems: 1, maxItems: 1_000, items: operation };
}

const RESULTS = {
  type: "object",
  properties: { results: { type: "array", items: { anyOf: [{ type: "object" }, { type: "null" }] } } },
  required: ["results"],
  additionalProperties: false,
};
