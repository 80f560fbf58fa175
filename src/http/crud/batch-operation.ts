import * as v from "valibot";
import { rawNumbersAsText } from "../../files/read-json.ts";
import { isPlainObject } from "../../schema/arguments.ts";
import type { ColumnPlan } from "../../statements/column-plan.ts";
import { relationPlan, requireKey } from "../../statements/relation-plan.ts";
import { issueAt, issueOf, pathItem } from "../../validate/issue.ts";
import { rowSchema } from "../../validate/schemas.ts";
import { ValidationError } from "../../validate/validation-error.ts";
import { exactValue } from "../body/exact-value.ts";
import { columnText } from "../query/column-text.ts";
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

// A dot ends the id in a reference.
const ID = v.pipe(v.string(), v.maxLength(63), v.regex(/^[^.]+$/s));

// Valibot's own record leaves out names such as "constructor".
type Values = Readonly<Record<string, unknown>>;
const VALUES = v.custom<Values>(isPlainObject, "Expected an object { column: value }");
const REFERENCES = v.custom<Readonly<Record<string, string>>>(
  value => isPlainObject(value) && Object.values(value).every(isReference),
  'Expected an object { column: "id.column" }',
);

function isReference(value: unknown): boolean {
  return typeof value === "string" && /^[^.]+\..+$/s.test(value);
}

/** The schema of the number of operations, before which none of them is examined. */
const SIZE = v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(1_000));

/** The schema of the body of `POST /batch`. */
const BATCH = v.array(
  v.strictObject({
    op: v.picklist(["insert", "update", "upsert", "delete"]),
    table: v.string(),
    id: v.exactOptional(ID),
    key: v.exactOptional(v.unknown()),
    row: v.exactOptional(VALUES),
    refs: v.exactOptional(REFERENCES),
    version: v.exactOptional(v.string()),
  }),
);
type Given = v.InferOutput<typeof BATCH>[number];

/** The operations of a body. Throws ValidationError for whatever the tables do not allow. */
export function batchOperations(calls: readonly CrudCall[], json: unknown): readonly BatchOperation[] {
  const size = v.safeParse(SIZE, json);
  if (!size.success) throw new ValidationError("batch", size.issues);
  const { success, output, issues } = v.safeParse(BATCH, json);
  if (!success) throw new ValidationError("batch", issues);
  for (const [index, { id }] of output.entries())
    if (id !== undefined && output.findIndex(one => one.id === id) < index)
      reject(index, ["id"], "an id that no earlier operation has", id);
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
  if (call === undefined) return reject(index, ["table"], "a table of this API", given.table);
  if (!isAllowed(call, kind)) return reject(index, ["op"], "an operation that the table allows", kind);
  if ((given.row === undefined) !== (kind === "delete"))
    reject(index, ["row"], kind === "delete" ? "no row" : "a row", given.row);
  if ((given.key === undefined) !== (kind === "insert"))
    reject(index, ["key"], kind === "insert" ? "no key" : "a primary key", given.key);
  if (given.refs !== undefined && kind === "delete") reject(index, ["refs"], "no refs", given.refs);
  const { version } = call.route.options;
  if (version !== undefined && kind !== "insert" && given.version === undefined)
    reject(index, ["version"], "the version of the row", given.version);
  if (given.version !== undefined && (kind === "insert" || kind === "upsert"))
    reject(index, ["version"], "no version", given.version);
  return {
    call,
    kind,
    row: given.row,
    key: kind === "insert" ? undefined : keyOf(call, index, given.key),
    references: Object.entries(given.refs ?? {}).map(([column, text]) =>
      reference(calls, call, all, { ...given, index }, column, text),
    ),
    versions: given.version === undefined ? undefined : [given.version],
  };
}

function isAllowed({ route }: CrudCall, kind: BatchKind): boolean {
  if (kind === "delete") return route.options.delete === true;
  if (kind === "upsert") return route.canPut && route.canUpsert && route.options.version === undefined;
  return route.write.size > 0 && (kind === "insert" || route.key.length > 0);
}

function keyOf(call: CrudCall, index: number, given: unknown): unknown {
  const { schema, route } = call;
  const columns = requireKey(relationPlan(schema, route.table));
  let values: Values;
  try {
    const json = jsonKey(call, columns, rawNumbersAsText(given));
    values = exactValue(rowSchema(schema, route.table), json).value as Values;
  } catch {
    return reject(index, ["key"], route.key.join(", "), given);
  }
  for (const { column, filterCodec } of columns) {
    const value = values[column.name];
    const problem = value === null ? NULL_KEY : filterCodec.check(value);
    if (problem !== undefined) throw operationError(index, ["key"], problem, given);
  }
  return Object.fromEntries(columns.map(column => [column.column.name, identity(column, values)]));
}

// A range or a composite value is an object, whose timestamps have their JavaScript forms only later.
function jsonKey(call: CrudCall, [only, ...others]: readonly ColumnPlan[], json: unknown): Values {
  const kind = only!.filterCodec.shape.kind;
  const { name } = only!.column;
  const isObject = others.length === 0 && (kind === "range" || kind === "composite") && isPlainObject(json);
  return isObject && !Object.hasOwn(json, name) ? { [name]: json } : keyObject(call, json);
}

// A Date inside a range or an array stands for no millisecond, so that only texts can be in a key, as in a path.
function identity(plan: ColumnPlan, values: Values): unknown {
  const { column, codec, filterCodec, hasDates } = plan;
  const value = values[column.name];
  if (!hasDates || codec.last !== undefined) return value;
  const read = columnText(plan, filterCodec.print(value));
  return read.problem === undefined ? read.value : value;
}

const NULL_KEY = { expected: "a primary key", received: "null" };

function returnedColumns(calls: readonly CrudCall[], { op, table }: Given): readonly string[] {
  const route = calls.find(one => one.route.table === table)?.route;
  return op === "delete" || route === undefined ? [] : [...route.columns, ...route.key];
}

function reference(
  calls: readonly CrudCall[],
  { route }: CrudCall,
  all: readonly Given[],
  { index, row, op }: Given & { readonly index: number },
  column: string,
  text: string,
): BatchReference {
  const place = ["refs", column];
  const dot = text.indexOf(".");
  const operation = all.findIndex(({ id }, at) => at < index && id === text.slice(0, dot));
  if (operation === -1) reject(index, place, "the id of an earlier operation and a column", text);
  const from = text.slice(dot + 1);
  if (!returnedColumns(calls, all[operation]!).includes(from))
    reject(index, place, "a column that the earlier operation returns", text);
  if (!route.write.has(column) || (op !== "insert" && route.key.includes(column)))
    reject(index, place, "a column that can be written", column);
  if (Object.hasOwn(row ?? {}, column)) reject(index, place, "a column without a value in row", column);
  return { column, operation, from };
}

function reject(index: number, place: readonly string[], expected: string, value: unknown): never {
  const received = value === undefined ? "nothing" : JSON.stringify(rawNumbersAsText(value));
  throw operationError(index, place, { expected, received }, value);
}

function operationError(
  index: number,
  place: readonly string[],
  problem: Parameters<typeof issueOf>[0],
  value: unknown,
): ValidationError {
  const issue = issueOf(problem, value);
  return new ValidationError("batch", [
    issueAt(issue, pathItem([], index), ...place.map(name => pathItem({}, name))),
  ]);
}
