import * as v from "valibot";
import { rawNumbersAsText } from "../../files/read-json.ts";
import { relationPlan, requireKey } from "../../statements/relation-plan.ts";
import { issueAt, issueOf, pathItem } from "../../validate/issue.ts";
import { ValidationError } from "../../validate/validation-error.ts";
import type { CrudCall } from "./crud-route.ts";
import { keyObject } from "./crud-write.ts";

export type BatchKind = "insert" | "update" | "upsert" | "delete";

/** A value of a row that comes from the stored row of an earlier operation. */
export interface BatchReference {
  /** The column that gets the value. */
  readonly column: string;
  /** The number of the earlier operation. */
  readonly operation: number;
  readonly from: string;
}

/** An operation of a batch. */
export interface BatchOperation {
  readonly call: CrudCall;
  readonly kind: BatchKind;
  readonly key: unknown;
  /** The row as JSON. */
  readonly row: unknown;
  readonly references: readonly BatchReference[];
  readonly versions: readonly string[] | undefined;
}

const NAME = v.pipe(v.string(), v.minLength(1), v.maxLength(63));

/** The schema of the body of `POST /batch`. */
const BATCH = v.pipe(
  v.array(
    v.strictObject({
      op: v.picklist(["insert", "update", "upsert", "delete"]),
      table: v.string(),
      id: v.exactOptional(NAME),
      key: v.exactOptional(v.unknown()),
      row: v.exactOptional(v.record(v.string(), v.unknown())),
      refs: v.exactOptional(v.record(v.string(), v.pipe(v.string(), v.regex(/^[^.]+\..+$/s)))),
      version: v.exactOptional(v.string()),
    }),
  ),
  v.minLength(1),
  v.maxLength(1_000),
);
type Given = v.InferOutput<typeof BATCH>[number];

/** The operations of a body. Throws ValidationError for whatever the tables do not allow. */
export function batchOperations(calls: readonly CrudCall[], json: unknown): readonly BatchOperation[] {
  const { success, output, issues } = v.safeParse(BATCH, json);
  if (!success) throw new ValidationError("batch", issues);
  return output.map((given, index) => batchOperation(calls, output, given, index));
}

function batchOperation(
  calls: readonly CrudCall[],
  all: readonly Given[],
  given: Given,
  index: number,
): BatchOperation {
  const call = calls.find(({ route }) => route.table === given.table);
  const kind = given.op;
  if (call === undefined) return reject(index, "table", "a table of this API", given.table);
  if (!isAllowed(call, kind)) return reject(index, "op", "an operation that the table allows", kind);
  if ((given.row === undefined) !== (kind === "delete"))
    reject(index, "row", kind === "delete" ? "no row" : "a row", given.row);
  if ((given.key === undefined) !== (kind === "insert"))
    reject(index, "key", kind === "insert" ? "no key" : "a primary key", given.key);
  const { version } = call.route.options;
  if (version !== undefined && kind !== "insert" && given.version === undefined)
    reject(index, "version", "the version of the row", given.version);
  if (given.version !== undefined && (kind === "insert" || kind === "upsert"))
    reject(index, "version", "no version", given.version);
  return {
    ...{ call, kind, row: given.row },
    key: kind === "insert" ? undefined : keyOf(call, index, given.key),
    references: Object.entries(given.refs ?? {}).map(([column, text]) =>
      reference(call, all, index, column, text),
    ),
    versions: given.version === undefined ? undefined : [given.version],
  };
}

function isAllowed({ route }: CrudCall, kind: BatchKind): boolean {
  if (kind === "delete") return route.options.delete === true;
  if (kind === "upsert") return route.canPut && route.options.version === undefined;
  return route.write.size > 0 && (kind === "insert" || route.key.length > 0);
}

function keyOf(call: CrudCall, index: number, given: unknown): unknown {
  const key = rawNumbersAsText(given);
  const columns = requireKey(relationPlan(call.schema, call.route.table));
  let values: Readonly<Record<string, unknown>>;
  try {
    values = keyObject(call, key);
  } catch {
    return reject(index, "key", call.route.key.join(", "), given);
  }
  for (const { column, filterCodec } of columns) {
    const value = values[column.name];
    const problem = value === null ? NULL_KEY : filterCodec.check(value);
    if (problem !== undefined) throw operationError(index, "key", problem, given);
  }
  return values;
}

const NULL_KEY = { expected: "a primary key", received: "null" };

function reference(
  { route }: CrudCall,
  all: readonly Given[],
  index: number,
  column: string,
  text: string,
): BatchReference {
  const dot = text.indexOf(".");
  const operation = all.findIndex(({ id }, at) => at < index && id === text.slice(0, dot));
  if (operation === -1) reject(index, "refs", "the id of an earlier operation and a column", text);
  if (!route.write.has(column)) reject(index, "refs", "columns that can be written", column);
  return { column, operation, from: text.slice(dot + 1) };
}

function reject(index: number, member: string, expected: string, value: unknown): never {
  const received = value === undefined ? "nothing" : JSON.stringify(rawNumbersAsText(value));
  throw operationError(index, member, { expected, received }, value);
}

function operationError(
  index: number,
  member: string,
  problem: Parameters<typeof issueOf>[0],
  value: unknown,
): ValidationError {
  const issue = issueOf(problem, value);
  return new ValidationError("batch", [issueAt(issue, pathItem([], index), pathItem({}, member))]);
}
