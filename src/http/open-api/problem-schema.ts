import { TITLES } from "../problem/problem.ts";
import type { JsonObject, JsonObjects } from "./open-api-info.ts";

/** The schema of problem details (RFC 9457). */
export const PROBLEM_SCHEMA: JsonObject = {
  type: "object",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: {
          pointer: { type: "string", description: "The place in the body (RFC 6901)" },
          line: {
            type: "integer",
            description: "The line of a CSV, TSV or NDJSON body on which the row ends",
          },
          parameter: { type: "string", description: "The parameter of the URL" },
          detail: { type: "string" },
          code: { type: "string" },
        },
        required: ["detail", "code"],
        additionalProperties: false,
      },
    },
  },
  required: ["type", "title", "status", "detail"],
  additionalProperties: false,
};

const STATUSES = [400, 404, 406, 409, 412, 413, 415, 422, 428];

/** The responses of problems that operations refer to, by their names in `components`. */
export function problemResponses(paths: JsonObject): JsonObjects {
  const used = JSON.stringify(paths);
  const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  const all = [
    ...STATUSES.map(status => [`Problem${status}`, TITLES[status]!] as const),
    ["Problem", "Another problem"] as const,
  ];
  return Object.fromEntries(
    all
      .filter(([name]) => used.includes(`"#/components/responses/${name}"`))
      .map(([name, description]) => [name, { description, content }]),
  );
}
