import {
  type HandleLimits,
  LIMITS,
  type Limits,
  requireHandle,
  requireLimits,
  type SqlHandle,
} from "./handle.ts";
import { type Method, wrapHandle } from "./wrap-handle.ts";

/**
 * Returns a handle whose calls have a deadline by default, in its transactions too. It works in place of the original
 * with all functions; statements that you send with the handle itself are not limited. A handle that has defaults already
 * keeps those that are not replaced.
 * @param sql a Bun SQL handle, which is left unchanged
 * @param limits `timeout` in milliseconds for each call; `signal`; an option of a call replaces the default
 * @returns a handle of the same kind
 * @throws ArgumentError if `timeout` or `signal` is invalid
 * @example `const limited = withDefaults(sql, { timeout: 2_000 });`
 */
export function withDefaults<Handle extends SqlHandle>(sql: Handle, limits: Limits): Handle {
  requireHandle(sql);
  requireLimits("withDefaults", limits ?? null);
  const known = defaultsOf(sql);
  const { signal = known?.signal, timeout = known?.timeout } = limits;
  return defaultsHandle(sql, { signal, timeout, isRunning: false }) as Handle;
}

// The limits of a running call hold for the whole call, whatever the limits of the calls in it.
function defaultsOf(sql: SqlHandle): Limits | undefined {
  const { [LIMITS]: limits } = sql as { readonly [LIMITS]?: HandleLimits };
  return limits?.isRunning ? undefined : limits;
}

type Replace = (sql: SqlHandle, method: Method) => Method;

function defaultsHandle(sql: SqlHandle, limits: HandleLimits): SqlHandle {
  const begin: Replace =
    (target, method) =>
    (...args) =>
      method.apply(target, args.map(innerFunction));
  const innerFunction = (arg: unknown): unknown =>
    typeof arg === "function" ? (tx: SqlHandle) => arg(defaultsHandle(tx, limits)) : arg;
  const reserve: Replace =
    (target, method) =>
    async (...args) =>
      defaultsHandle((await method.apply(target, args)) as SqlHandle, limits);
  return wrapHandle(sql, {
    methods: { begin, transaction: begin, savepoint: begin, reserve },
    properties: { [LIMITS]: limits },
    again: server => defaultsHandle(server, limits),
  });
}
