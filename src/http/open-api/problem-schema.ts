import { TITLES } from "../problem/problem.ts";
import type { JsonObject } from "./open-api-info.ts";

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

/** The responses of problems, by their names in `components`. */
export function problemResponses(): JsonObject {
  const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  const statuses = [400, 404, 406, 409, 412, 413, 415, 422, 428];
  return {
    ...Object.fromEntries(
      statuses.map(status => [`Problem${status}`, { description: TITLES[status]!, content }]),
    ),
    Problem: { description: "Another problem", content },
  };
}
