import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError, UnknownNameError } from "../../errors.ts";
import { isSnapshot } from "../../schema/arguments.ts";
import type { AnySchema } from "../../schema/snapshot.ts";
import { transaction } from "../../transactions/transaction.ts";
import type { EventServer } from "../events/event-text.ts";
import type { AnyCrudOptions } from "./crud-options.ts";
import type { CrudRoute } from "./crud-route.ts";

/** What all routes have in common. */
export interface CrudContext {
  readonly sql: SqlHandle;
  readonly schema: AnySchema;
  readonly options: AnyCrudOptions;
  readonly routes: readonly CrudRoute[];
}

/** The function of a path for a method of HTTP. */
export type Method = (sql: SqlHandle, request: Request, server: EventServer | undefined) => Promise<Response>;

type RunMethod = (
  sql: SqlHandle,
  method: Method,
  request: Request,
  server: EventServer | undefined,
) => Promise<Response>;

export const runMethod: RunMethod = (sql, method, request, server) => method(sql, request, server);

/**
 * As `runMethod` inside the caller's transaction, which goes on after a statement has failed. A body could not be read after its end.
 */
export const runInside: RunMethod = (sql, method, request, server) =>
  transaction(sql, async tx => {
    const response = await method(tx, request, server);
    return response.body === null ? response : new Response(await response.bytes(), response);
  });

/** A request with the handle and the snapshot of its statements. */
export interface CrudRequest {
  readonly sql: SqlHandle;
  readonly request: Request;
  readonly own: AnySchema;
}

type Run = (request: CrudRequest, server: EventServer | undefined) => Promise<Response>;

/** A method with the snapshot of the option `scope`, which is known at once without it, because each promise costs time. */
export function inScope({ schema, options: { scope } }: CrudContext, run: Run): Method {
  if (scope === undefined) return (sql, request, server) => run({ sql, request, own: schema }, server);
  return async (sql, request, server) =>
    await run({ sql, request, own: await snapshotOf(scope, request) }, server);
}

// A mistake in `scope` is an error of the program, which must not be answered as one of the client.
async function snapshotOf(scope: NonNullable<AnyCrudOptions["scope"]>, request: Request): Promise<AnySchema> {
  try {
    const own = await scope(request);
    if (isSnapshot(own)) return own;
  } catch (error) {
    if (!(error instanceof ArgumentError || error instanceof UnknownNameError)) throw error;
    throw new TypeError(`crud: scope failed: ${error.message}`, { cause: error });
  }
  throw new TypeError("crud: scope must return a snapshot");
}
