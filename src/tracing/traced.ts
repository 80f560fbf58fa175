import { requireHandle, type SqlHandle, type SqlQuery } from "../driver/handle.ts";
import { HIDDEN } from "../driver/hidden-columns.ts";
import { withoutValues } from "../driver/hide-value.ts";
import { resultOf } from "../driver/own-transaction.ts";
import { type Method, type Sent, wrapHandle } from "../driver/wrap-handle.ts";
import { type OptionNames, requireFunction, requireOptions } from "../schema/arguments.ts";
import { type QueryEvent, queryEvent, type Redact, redactParams, requireRedact } from "./query-event.ts";

/** Options of `traced`. */
export interface TraceOptions {
  /**
   * `true` hides all parameters; a list such as `["customer.email"]` hides values of these columns and of raw SQL. A name can be
   * quoted, and have or lack its schema. Either hides the values in the messages of statements that fail. The error of a
   * validation, before anything is sent, has the invalid value.
   */
  readonly redact?: Redact;
}

const TRACE_OPTIONS: OptionNames<TraceOptions> = { redact: true };

type OnQuery = (event: QueryEvent) => void;

interface Tracer {
  readonly onQuery: OnQuery;
  readonly redact: Redact | undefined;
}

/**
 * Returns a handle that reports every statement sent through it. It works in place of the original with all functions
 * and as a template tag, in transactions, in savepoints and on reserved connections.
 * @param sql a Bun SQL handle, which is left unchanged
 * @param onQuery called when a statement has succeeded or failed. `console.error` prints an error that it throws, which has no
 * effect on the statement
 * @param options the parameters to hide
 * @returns a handle of the same kind
 * @throws ArgumentError if `redact` is neither `true` nor a list of names such as `"customer.email"`
 * @example `const logged = traced(sql, ({ text, duration }) => console.log(duration, text));`
 */
export function traced<Handle extends SqlHandle>(
  sql: Handle,
  onQuery: OnQuery,
  options: TraceOptions = {},
): Handle {
  requireFunction("onQuery", onQuery);
  requireOptions("traced", options, TRACE_OPTIONS);
  requireRedact(options.redact);
  requireHandle(sql);
  return tracedHandle(sql, { onQuery: harmless(onQuery), redact: options.redact }) as Handle;
}

// An error after COMMIT or an INSERT would make what is stored look as if it were not.
function harmless(onQuery: (event: QueryEvent) => unknown): OnQuery {
  return event => {
    try {
      const result = onQuery(event);
      if (result instanceof Promise) result.catch(console.error);
    } catch (error) {
      console.error(error);
    }
  };
}

function tracedHandle(sql: SqlHandle, tracer: Tracer): SqlHandle {
  return wrapHandle(sql, {
    send: (handle, query, sent) => tracedAnswer(handle, query, sent, tracer),
    // The data of a COPY flows before its answer is awaited, which a reader that stops early never does.
    stream: (query, sent) => tracedAnswer(sql, query, sent, tracer),
    methods: {
      begin: (...call) => tracedTransaction(["BEGIN", "COMMIT", "ROLLBACK"], ...call, tracer),
      transaction: (...call) => tracedTransaction(["BEGIN", "COMMIT", "ROLLBACK"], ...call, tracer),
      savepoint: (...call) =>
        tracedTransaction(["SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT"], ...call, tracer),
      reserve:
        (target, method) =>
        async (...args) =>
          tracedHandle((await method.apply(target, args)) as SqlHandle, tracer),
    },
    properties: tracer.redact === undefined ? {} : { [HIDDEN]: tracer.redact },
    again: server => tracedHandle(server, tracer),
  });
}

function tracedTransaction(
  [start, done, undone]: readonly [string, string, string],
  sql: SqlHandle,
  method: Method,
  tracer: Tracer,
): Method {
  return async (...args) => {
    const mode = typeof args[0] === "string" && start === "BEGIN" ? ` ${args[0]}` : "";
    let clock = stopwatch();
    const report = (text: string, error?: unknown): void =>
      tracer.onQuery(
        queryEvent(
          sql,
          { text, params: [] },
          { ...clock(), rows: 0, error: shownError(error, text, tracer.redact) },
        ),
      );
    let state: "waiting" | "running" | "returned" = "waiting";
    const traceRun =
      (run: Method): Method =>
      async tx => {
        state = "running";
        report(start + mode);
        try {
          const result = await resultOf(run(tracedHandle(tx as SqlHandle, tracer)));
          state = "returned";
          return result;
        } finally {
          clock = stopwatch();
        }
      };
    let result: unknown;
    try {
      result = await method.apply(
        sql,
        args.map(arg => (typeof arg === "function" ? traceRun(arg as Method) : arg)),
      );
    } catch (error) {
      // After the function has returned only the end of the transaction can have failed.
      const failed = { waiting: start + mode, running: undefined, returned: done }[state];
      report(failed ?? undone, failed === undefined ? undefined : error);
      throw error;
    }
    report(done);
    return result;
  };
}

// An error of PostgreSQL quotes the values of its statement.
function shownError(error: unknown, text: string, redact: Redact | undefined): unknown {
  return redact === undefined ? error : withoutValues(error, text);
}

function stopwatch(): () => { readonly startedAt: number; readonly duration: number } {
  const startedAt = Date.now();
  const start = performance.now();
  return () => ({ startedAt, duration: performance.now() - start });
}

async function tracedAnswer(
  sql: SqlHandle,
  query: SqlQuery,
  sent: Sent,
  { onQuery, redact }: Tracer,
): Promise<unknown> {
  const clock = stopwatch();
  const report = (rows: number | undefined, error: unknown): void =>
    onQuery(
      queryEvent(sql, { ...sent, params: redactParams(sent.params, redact) }, { ...clock(), rows, error }),
    );
  let result: unknown;
  try {
    result = await query;
  } catch (error) {
    report(undefined, shownError(error, sent.text, redact));
    throw error;
  }
  report(rowsOf(result, sent), undefined);
  return result;
}

// A script has a result for each of its statements. Of one that is sent with others, the last is that of the event.
function rowsOf(result: unknown, { serverText }: Pick<Sent, "serverText">): number | undefined {
  const { count } = (result ?? {}) as { readonly count?: number };
  if (count !== undefined || !Array.isArray(result)) return count;
  const parts: readonly unknown[] = serverText === undefined ? result : result.slice(-1);
  return parts.reduce((sum: number, part) => sum + (rowsOf(part, {}) ?? 0), 0);
}
