import type { SqlHandle, SqlQuery } from "./handle.ts";
import { templateOf } from "./handle.ts";
import { REPLICAS, replicasOf, wrapReplicas } from "./replica-reads.ts";
import { showAs, shownStatement } from "./shown-statement.ts";

/** A method of a handle. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** The text and the parameters of a query. */
export interface Sent {
  readonly text: string;
  readonly params: readonly unknown[];
  /** The text that the server receives, if it is a different one, which may contain values. */
  readonly serverText?: string;
  /** Whether the driver sends the query by the simple protocol: after the answers to all earlier ones. */
  readonly isSimple?: boolean;
}

/** The methods of a wrapped handle that replace the original methods. */
export interface Wrapper {
  /** Sends a query, when it is first awaited, and returns its answer. Without it queries are not replaced. */
  readonly send?: (sql: SqlHandle, query: SqlQuery, sent: Sent) => Promise<unknown>;
  /** Returns the answer of a query that has started to send or receive the data of a COPY. */
  readonly stream?: (query: SqlQuery, sent: Sent) => Promise<unknown>;
  /** Opens the stream of a COPY in place of the original method. */
  readonly openStream?: (name: "readable" | "writable", open: () => unknown) => unknown;
  /** Whether a new query is left unchanged. */
  readonly isPassed?: (hasParams: boolean) => boolean;
  /** Text that is added to every query. */
  readonly suffix?: () => string;
  /** Replaces methods, by name. */
  readonly methods: Readonly<Record<string, (sql: SqlHandle, method: Method) => Method>>;
  /** Properties that the handle has in addition, or does not have if they are undefined. */
  readonly properties?: Readonly<Record<PropertyKey, unknown>>;
  /** Wraps another handle in the same way: a server of `replicas`. */
  readonly again?: (sql: SqlHandle) => SqlHandle;
}

/** The property of a wrapped handle with the handle in whose place it works. */
export const INNER: unique symbol = Symbol.for("rowfn.innerHandle");

function innerHandle(sql: SqlHandle): SqlHandle | undefined {
  return (sql as { readonly [INNER]?: SqlHandle } | null | undefined)?.[INNER];
}

/** The handles in whose place a handle works, beginning with itself and ending with the driver's. */
export function wrappedHandles(sql: SqlHandle): readonly SqlHandle[] {
  const inner = innerHandle(sql);
  return inner === undefined ? [sql] : [sql, ...wrappedHandles(inner)];
}

/** The driver's handle, which stands for its connection or transaction in caches. */
export function driverHandle(sql: SqlHandle): SqlHandle {
  const inner = innerHandle(sql);
  return inner === undefined ? sql : driverHandle(inner);
}

/** A handle that works in place of another one, also as a template tag. */
export function wrapHandle(sql: SqlHandle, wrapper: Wrapper): SqlHandle {
  const { properties = {} } = wrapper;
  return new Proxy(sql, {
    apply: (target, self, args) => {
      const [strings, ...values] = args;
      const given = isTemplate(strings) ? withSuffix(strings, values, wrapper) : strings;
      const call = [given, ...values].slice(0, args.length).map(originalOf);
      const result = Reflect.apply(target as unknown as Method, self, call);
      if (!isTemplate(strings)) return result;
      const shown = shownStatement(strings) ?? { text: templateText(strings), params: values };
      return wrapQuery(target, result as object, shown, wrapper);
    },
    has: (target, name) =>
      name in properties ? properties[name as symbol] !== undefined : Reflect.has(target, name),
    get: (target, name) => {
      if (name === INNER) return target;
      if (name in properties) return properties[name as symbol];
      if (name === REPLICAS) return wrapper.again && wrapReplicas(replicasOf(target), wrapper.again);
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name === "unsafe") return unsafeMethod(target, value as Method, wrapper);
      if (name === "file") return fileMethod(target, value as Method, wrapper);
      return wrapper.methods[name as string]?.(target, value as Method) ?? value.bind(target);
    },
  });
}

function unsafeMethod(sql: SqlHandle, method: Method, wrapper: Wrapper): Method {
  return (text, params) => {
    const given = (params ?? []) as readonly unknown[];
    const serverText = String(text);
    const shown = shownStatement(given);
    const sent = shown ? { ...shown, serverText } : { text: serverText, params: given };
    const suffix = given.length > 0 ? (wrapper.suffix?.() ?? "") : "";
    const query =
      suffix === ""
        ? method.call(sql, text, params)
        : method.call(sql, text + suffix, showAs([...given], sent));
    return wrapQuery(sql, query as object, { ...sent, isSimple: given.length === 0 }, wrapper);
  };
}

// The driver reads the file when the query is awaited.
function fileMethod(sql: SqlHandle, method: Method, wrapper: Wrapper): Method {
  return (path, params) => {
    const sent: Sent = {
      get text() {
        return textOfFile(String(path));
      },
      params: (params ?? []) as readonly unknown[],
      isSimple: true,
    };
    return wrapQuery(sql, method.call(sql, path, params) as object, sent, wrapper);
  };
}

// The driver rejects the query if the file cannot be read. Few programs use files, so that the module is not imported.
function textOfFile(path: string): string {
  try {
    return process.getBuiltinModule("node:fs").readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function withSuffix(
  strings: TemplateStringsArray,
  values: readonly unknown[],
  wrapper: Wrapper,
): TemplateStringsArray {
  const suffix = wrapper.suffix?.() ?? "";
  if (suffix === "") return strings;
  const shown = shownStatement(strings) ?? { text: templateText(strings), params: values };
  return showAs(templateOf([...strings.slice(0, -1), strings.at(-1)! + suffix]), shown);
}

// The driver's query of each wrapped query, because the driver accepts only its own queries as parts of a query.
const originals = new WeakMap<object, object>();

function originalOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? (originals.get(value) ?? value) : value;
}

const STARTS: ReadonlySet<string | symbol> = new Set(["then", "catch", "finally"]);
const STREAMS: ReadonlySet<string | symbol> = new Set(["readable", "writable"]);

function wrapQuery(sql: SqlHandle, query: object, sent: Sent, wrapper: Wrapper): object {
  const { send, stream, openStream, isPassed } = wrapper;
  if (send === undefined || isPassed?.(sent.params.length > 0)) return query;
  const original = query as SqlQuery;
  let answer: Promise<unknown> | undefined;
  let { isSimple = false } = sent;
  // The driver sends a query when it is first awaited, and only once.
  const start = (): Promise<unknown> => {
    answer ??= send(sql, original, { ...sent, isSimple });
    return answer;
  };
  const proxy: object = new Proxy(query, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (STARTS.has(name))
        return (...args: unknown[]) => (start()[name as "then"] as Method).apply(start(), args);
      return (...args: unknown[]) => {
        const call = (): unknown => (value as Method).apply(target, args);
        if (name === "execute") {
          start().catch(() => {});
          return proxy;
        }
        if (name === "simple") isSimple = true;
        const isStream = STREAMS.has(name);
        const result = isStream && openStream ? openStream(name as "readable", call) : call();
        if (isStream) answer ??= streamAnswer(stream, original, sent);
        return result === target ? proxy : result;
      };
    },
  });
  originals.set(proxy, query);
  return proxy;
}

// The stream also reports a failure, so the failure of the query is ignored.
function streamAnswer(stream: Wrapper["stream"], query: SqlQuery, sent: Sent): Promise<unknown> | undefined {
  const answer = stream?.(query, sent);
  answer?.catch(() => {});
  return answer;
}

function isTemplate(value: unknown): value is TemplateStringsArray {
  return Array.isArray(value) && "raw" in value;
}

function templateText(strings: TemplateStringsArray): string {
  return strings.reduce((text, part, index) => `${text}$${index}${part}`);
}
