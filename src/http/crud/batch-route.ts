import { isTransaction, type SqlHandle } from "../../driver/handle.ts";
import { ConstraintError } from "../../rows/constraint-error.ts";
import { failureKind } from "../../transactions/failure.ts";
import { transaction } from "../../transactions/transaction.ts";
import { respondJson } from "../response/respond.ts";
import { BatchError } from "./batch-error.ts";
import { type BatchOperation, batchOperations } from "./batch-operation.ts";
import { type BatchResult, referableWrite, referencedColumns, referencedValues } from "./batch-reference.ts";
import { bodyRow, jsonOf, requireInsertable } from "./crud-body.ts";
import type { AnyCrudOptions } from "./crud-options.ts";
import { type CrudCall, rejection } from "./crud-route.ts";
import { insertRow, removeRow, type Stored, updateRow, upsertRow } from "./crud-write.ts";
import { pickColumns } from "./row-response.ts";
import { stateMode } from "./row-version.ts";

/** `POST /batch`: all operations in one transaction, or none. The response has one stored row, or null, per operation. */
export async function runBatch(
  request: Request,
  options: AnyCrudOptions,
  calls: readonly CrudCall[],
): Promise<Response> {
  const { sql } = calls[0]!;
  const json = await jsonOf({ request, options });
  const operations = batchOperations(calls, json);
  for (const { call, kind, key } of operations) {
    const rejected = await rejection(call, kind, key);
    if (rejected !== undefined) return rejected;
  }
  const rows = await transaction(
    sql,
    async tx => {
      const results: BatchResult[] = [];
      for (const [index, operation] of operations.entries())
        results.push(await atOperation(index, operation, () => runOperation(tx, index, operations, results)));
      return results;
    },
    { signal: request.signal, ...(isTransaction(sql) ? {} : batchMode(operations)) },
  ).catch(error => {
    throw error instanceof ConstraintError ? new BatchError(undefined, error) : error;
  });
  const visible = rows.map(
    ({ row }, index) => row && pickColumns(row, operations[index]!.call.route.columns),
  );
  // JSON prints the undefined of a deleted row as null.
  return respondJson(request, { results: visible });
}

// One operation on a row that cannot be locked decides for all.
function batchMode(operations: readonly BatchOperation[]): ReturnType<typeof stateMode> {
  const modes = operations.map(({ call: { schema, route }, kind, versions }) =>
    versions === undefined || route.options.version !== undefined || (kind !== "update" && kind !== "delete")
      ? {}
      : stateMode(schema, route.table, kind),
  );
  return Object.assign({}, ...modes);
}

async function atOperation<Result>(
  index: number,
  { references }: BatchOperation,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    // It is a failure of the transaction, which may be tried again.
    if (failureKind(error) === "conflict") throw error;
    const columns = references.map(({ column }) => column);
    throw new BatchError(index, error, columns);
  }
}

async function runOperation(
  tx: SqlHandle,
  index: number,
  operations: readonly BatchOperation[],
  results: readonly BatchResult[],
): Promise<BatchResult> {
  const operation = operations[index]!;
  const { call, kind, key, row, versions } = operation;
  if (kind === "delete") {
    await removeRow(call, tx, key, versions);
    return { row: undefined, exact: undefined };
  }
  if (kind !== "update") requireInsertable(call, kind === "upsert" ? call.route.key : []);
  const own = bodyRow(call, kind === "insert" ? "insert" : "update", row);
  const values = { ...own, ...referencedValues(operation, operations, results) };
  const write = async (to: CrudCall): Promise<Stored> => {
    if (kind === "insert") return await insertRow(to, tx, values);
    if (kind === "upsert") return (await upsertRow(to, tx, key, values)).row;
    return (await updateRow(to, tx, key, values, versions)).row;
  };
  return await referableWrite(operation, referencedColumns(operations, index), write);
}
