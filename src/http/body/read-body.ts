import * as v from "valibot";
import { RowfnError } from "../../errors.ts";
import { parseExactJson } from "../../files/read-json.ts";
import { type OptionNames, requireOptions } from "../../schema/arguments.ts";
import { issueAt, pathItem } from "../../validate/issue.ts";
import { requireSchema } from "../../validate/require-schema.ts";
import { ValidationError } from "../../validate/validation-error.ts";
import { requireRequest } from "../request.ts";
import { RequestError } from "../request-error.ts";
import { bodyText } from "./body-chunks.ts";
import { exactValue } from "./exact-value.ts";
import { MAX_ISSUES } from "./max-issues.ts";
import { requireFormat } from "./media-type.ts";

/** Options of `readBody` and `bodyRows`. */
export interface BodyOptions {
  /** The maximum size in bytes; 1 MiB by default, for `bodyRows` 64 MiB. */
  readonly limit?: number;
}

export const BODY_OPTIONS: OptionNames<BodyOptions> = { limit: "count" };

const LIMIT = 1_048_576;

/**
 * The JSON of a request's body, validated. Numbers keep every digit: one that JavaScript would round becomes a bigint or a
 * decimal string. Bytes are text such as `\x00ff`.
 * @param request a request
 * @param schema a valibot schema such as `insertSchema(schema, "genre")`, `v.array(...)` of it, or an object, a tuple,
 * a record, a union or a variant of such schemas
 * @param options the maximum size in bytes
 * @returns the output of the schema
 * @throws RequestError 415 for another media type, 413 if the body is too large, 400 if it is not JSON; ValidationError
 * @example `await readBody(new Request("http://localhost", { method: "POST", body: '{"name":"Zydeco"}' }), updateSchema(schema, "genre"))` →
 * `{ name: "Zydeco" }`
 */
export async function readBody<Schema extends v.GenericSchema>(
  request: Request,
  schema: Schema,
  options: BodyOptions = {},
): Promise<v.InferOutput<Schema>> {
  requireRequest(request);
  requireSchema("schema", schema);
  requireOptions("readBody", options, BODY_OPTIONS);
  const json = await readJsonBody(request, options);
  return validBody(schema, json);
}

/** The JSON of a request's body; numbers that JavaScript would round are raw. */
export async function readJsonBody(request: Request, { limit = LIMIT }: BodyOptions): Promise<unknown> {
  requireFormat(request, ["json"]);
  const text = await bodyText(request, limit);
  try {
    return parseExactJson(text, "the body");
  } catch (error) {
    if (!(error instanceof RowfnError)) throw error;
    throw new RequestError(400, error.message, "not_json", { cause: error });
  }
}

/** The output of a schema for JSON of `readJsonBody`; throws ValidationError. */
function validBody<Schema extends v.GenericSchema>(schema: Schema, json: unknown): v.InferOutput<Schema> {
  const { value, issues } = exactValue(schema, json);
  if (issues.length > 0) throw new ValidationError("body", issues);
  const isLong = Array.isArray(value) && value.length > MAX_ISSUES;
  const result = v.safeParse(schema, value, isLong ? { abortEarly: true } : {});
  if (result.success) return result.output;
  throw new ValidationError("body", isLong ? firstIssues(schema, value) : result.issues);
}

/** The first issues of an array of rows, each of which costs time. */
function firstIssues(schema: v.GenericSchema, rows: readonly unknown[]): readonly v.BaseIssue<unknown>[] {
  const { item } = schema as { readonly item?: v.GenericSchema };
  const issues: v.BaseIssue<unknown>[] = [];
  for (const [index, row] of item === undefined ? [] : rows.entries()) {
    for (const issue of v.safeParse(item!, row).issues ?? [])
      issues.push(issueAt(issue, pathItem(rows, index)));
    if (issues.length >= MAX_ISSUES) return issues;
  }
  // Those of the array as a whole too.
  return v.safeParse(schema, rows).issues!;
}
