import { exactRead } from "../../rows/exact-read.ts";
import type { SchemaSnapshot } from "../../schema/snapshot.ts";
import { planColumn, relationPlan } from "../../statements/relation-plan.ts";
import type { Codec } from "../../types/codec.ts";
import { RequestError } from "../request-error.ts";
import type { BatchOperation, BatchReference } from "./batch-operation.ts";
import type { BodyRow } from "./crud-body.ts";
import type { CrudCall } from "./crud-route.ts";
import type { Stored } from "./crud-write.ts";

/** The stored row of an operation. */
export interface BatchResult {
  /** The row for the answer. */
  readonly row: Stored;
  /** The row for references, whose timestamps have microseconds. */
  readonly exact: Stored;
}

type Write = (call: CrudCall) => Promise<Stored>;

/** Runs the write of an operation, whose row later operations may refer to. */
export async function referableWrite(
  { call }: BatchOperation,
  used: readonly string[],
  write: Write,
): Promise<BatchResult> {
  const plan = relationPlan(call.schema, call.route.table);
  const columns = used.map(name => planColumn(plan, name));
  const { schema, restore } = exactRead(call.schema, columns);
  if (schema === call.schema) {
    const row = await write(call);
    return { row, exact: row };
  }
  const exact = { ...call, schema: schema as SchemaSnapshot };
  const stored = await write(exact);
  if (stored === undefined) return { row: undefined, exact: undefined };
  const row = { ...stored };
  restore(call.route.table, [row]);
  return { row, exact: stored };
}

/** The values that an operation takes from the rows of earlier ones. */
export function referencedValues(
  { call, references }: BatchOperation,
  operations: readonly BatchOperation[],
  results: readonly BatchResult[],
): BodyRow {
  const values: Record<string, unknown> = {};
  for (const { column, operation, from } of references) {
    const { row, exact } = results[operation]!;
    const source = operations[operation]!.call;
    const { columns, key } = source.route;
    if (row === undefined || !(columns.includes(from) || key.includes(from)))
      throw new RequestError(422, `the earlier operation has no column ${JSON.stringify(from)}`, "reference");
    const given = codecOf(source, from);
    const wanted = codecOf(call, column);
    const stored = (given.castType === wanted.castType ? exact : row)?.[from];
    const value = isIntegerOfBigint(given, wanted) && stored !== null ? Number(stored) : stored;
    Object.defineProperty(values, column, { value, enumerable: true });
  }
  return values;
}

function codecOf({ schema, route }: CrudCall, name: string): Codec {
  return planColumn(relationPlan(schema, route.table), name).codec;
}

// The key of a table can be a bigint, whose value is a string, and the column that refers to it an integer. A number that is
// rounded is outside the range of every integer.
function isIntegerOfBigint({ shape: from }: Codec, { shape: to }: Codec): boolean {
  return (
    from.kind === "scalar" && from.family === "bigint" && to.kind === "scalar" && to.family === "integer"
  );
}

/** The columns of an operation's row that later operations refer to. */
export function referencedColumns(operations: readonly BatchOperation[], index: number): readonly string[] {
  const all: readonly BatchReference[] = operations.flatMap(({ references }) => references);
  return all.filter(({ operation }) => operation === index).map(({ from }) => from);
}
