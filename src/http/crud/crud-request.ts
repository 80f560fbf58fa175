import type { SqlHandle } from "../../driver/handle.ts";
import { isSnapshot } from "../../schema/arguments.ts";
import type { AnySchema } from "../../schema/snapshot.ts";
import { transaction } from "../../transactions/transaction.ts";
import type { EventServer } from "../events/event-text.ts";
import type { AnyCrudOptions } from "./crud-options.ts";
import type { CrudRoute } from "./crud-route.ts";
import { callOwn } from "./own-function.ts";

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

async function snapshotOf(scope: NonNullable<AnyCrudOptions["scope"]>, request: Request): Promise<AnySchema> {
  const own = await callOwn("scope", () => scope(request));
  if (isSnapshot(own)) return own;
  throw new TypeError("crud: scope must return a snapshot");
}
