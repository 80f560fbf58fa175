import { shownStatement } from "../driver/copy-out.ts";
import type { SqlHandle } from "../driver/handle.ts";
import { hideColumns } from "../driver/hidden-columns.ts";
import { type OptionNames, requireOptions } from "../schema/options.ts";
import { type QueryEvent, queryEvent, type Redact, redactParams, type Sent } from "./query-event.ts";

/** Options of `traced`. */
export interface TraceOptions {
  /** `true` hides all parameters; a list such as `["customer.email"]` hides values of these columns and of raw SQL. */
  readonly redact?: Redact;
}

const TRACE_OPTIONS: OptionNames<TraceOptions> = { redact: true };

type OnQuery = (event: QueryEvent) => void;
type Method = (this: unknown, ...args: unknown[]) => unknown;

interface Tracer {
  readonly onQuery: OnQuery;
  readonly redact: Redact | undefined;
}

/**
 * Returns a handle that reports every statement sent through it. It works in place of the original with all functions
 * and as a template tag, in transactions, in savepoints and on reserved connections.
 * @param sql a Bun SQL handle, which is left unchanged
 * @param onQuery called when a statement has succeeded or failed; an error that it throws rejects the statement
 * @param options the parameters to hide
 * @returns a handle of the same kind
 * @example `const logged = traced(sql, ({ text, duration }) => console.log(duration, text));`
 */
export function traced<Handle extends SqlHandle>(
  sql: Handle,
  onQuery: OnQuery,
  options: TraceOptions = {},
): Handle {
  requireOptions("traced", options, TRACE_OPTIONS);
  return tracedHandle(sql, { onQuery, redact: options.redact }) as Handle;
}

function tracedHandle(sql: SqlHandle, tracer: Tracer): SqlHandle {
  const proxy = new Proxy(sql, {
    apply: (target, self, args) => {
      const result: unknown = Reflect.apply(target as unknown as Method, self, args.map(originalOf));
      const [strings, ...values] = args;
      return isTemplate(strings)
        ? tracedQuery(sql, result as object, { text: templateText(strings), params: values }, tracer)
        : result;
    },
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      const replaced = METHODS[name as string];
      return replaced === undefined ? value.bind(target) : replaced(target, value as Method, tracer);
    },
  });
  if (tracer.redact !== undefined) hideColumns(proxy, tracer.redact);
  return proxy;
}

const METHODS: Readonly<Record<string, (sql: SqlHandle, method: Method, tracer: Tracer) => Method>> = {
  unsafe: (sql, method, tracer) => (text, params) => {
    const given = (params ?? []) as readonly unknown[];
    const sent = shownStatement(given) ?? { text: String(text), params: given };
    return tracedQuery(sql, method.call(sql, text, params) as object, sent, tracer);
  },
  begin: (...call) => tracedTransaction(["BEGIN", "COMMIT", "ROLLBACK"], ...call),
  transaction: (...call) => tracedTransaction(["BEGIN", "COMMIT", "ROLLBACK"], ...call),
  savepoint: (...call) =>
    tracedTransaction(["SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT"], ...call),
  reserve:
    (sql, method, tracer) =>
    async (...args) =>
      tracedHandle((await method.apply(sql, args)) as SqlHandle, tracer),
};

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
      tracer.onQuery(queryEvent(sql, { text, params: [] }, { ...clock(), rows: 0, error }));
    let isInside = false;
    const traceRun =
      (run: Method): Method =>
      async tx => {
        report(start + mode);
        isInside = true;
        try {
          return await run(tracedHandle(tx as SqlHandle, tracer));
        } finally {
          clock = stopwatch();
        }
      };
    try {
      const result = await method.apply(
        sql,
        args.map(arg => (typeof arg === "function" ? traceRun(arg as Method) : arg)),
      );
      report(done);
      return result;
    } catch (error) {
      report(isInside ? undone : start + mode, isInside ? undefined : error);
      throw error;
    }
  };
}

function stopwatch(): () => { readonly startedAt: number; readonly duration: number } {
  const startedAt = Date.now();
  const start = performance.now();
  return () => ({ startedAt, duration: performance.now() - start });
}

// The driver's query of each proxy, because the driver accepts only its own queries as parts of a query.
const originals = new WeakMap<object, object>();

function originalOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? (originals.get(value) ?? value) : value;
}

function tracedQuery(sql: SqlHandle, query: object, sent: Sent, { onQuery, redact }: Tracer): object {
  let answer: Promise<unknown> | undefined;
  // The driver sends a query when it is first awaited, and only once.
  const watch = (): Promise<unknown> => {
    const clock = stopwatch();
    const report = (rows: number | undefined, error: unknown): void =>
      onQuery(
        queryEvent(sql, { ...sent, params: redactParams(sent.params, redact) }, { ...clock(), rows, error }),
      );
    answer ??= (query as Promise<unknown>).then(
      result => {
        report((result as { readonly count?: number } | null)?.count ?? undefined, undefined);
        return result;
      },
      error => {
        report(undefined, error);
        throw error;
      },
    );
    return answer;
  };
  const proxy: object = new Proxy(query, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name === "then" || name === "catch" || name === "finally")
        return (...args: unknown[]) => (watch()[name] as Method).apply(watch(), args);
      return (...args: unknown[]) => {
        const result = (value as Method).apply(target, args);
        return result === target ? proxy : result;
      };
    },
  });
  originals.set(proxy, query);
  return proxy;
}

function isTemplate(value: unknown): value is TemplateStringsArray {
  return Array.isArray(value) && "raw" in value;
}

function templateText(strings: TemplateStringsArray): string {
  return strings.reduce((text, part, index) => `${text}$${index}${part}`);
}
