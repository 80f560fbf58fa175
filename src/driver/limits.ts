import { ArgumentError, UnknownNameError } from "../errors.ts";
import { requireHandle, type SqlHandle } from "./handle.ts";

/** The limits of a call. */
export interface Limits {
  /** Stops the call: its statement is canceled on the server, and the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the call, with the wait for a connection; then it stops and rejects with TimeoutError. */
  readonly timeout?: number | undefined;
}

/** The property of a handle with the limits of its calls. */
export const LIMITS: unique symbol = Symbol("rowfn limits");

/** The limits that a handle gives its calls. */
export interface HandleLimits extends Limits {
  /** Whether the handle belongs to a call with these limits, whose clock is running. */
  readonly isRunning: boolean;
}

/** The limits of a call; undefined for none. Throws ArgumentError if they are invalid. */
export function limitsOf(sql: SqlHandle, options: Limits | undefined): Limits | undefined {
  requireHandle(sql);
  const inherited = (sql as { readonly [LIMITS]?: HandleLimits })[LIMITS];
  const signal = options?.signal ?? inherited?.signal;
  const timeout = options?.timeout ?? inherited?.timeout;
  if (signal === undefined && timeout === undefined) return undefined;
  if (inherited?.isRunning && signal === inherited.signal && timeout === inherited.timeout) return undefined;
  const limits = { signal, timeout };
  checkLimits(limits);
  return limits;
}

/** Throws ArgumentError or UnknownNameError unless the options of a function are only limits. */
export function requireLimits(name: string, limits: Limits | undefined): void {
  if (limits === undefined) return;
  if (Object.getPrototypeOf(limits ?? 0) !== Object.prototype)
    throw new ArgumentError(`${name}: the options must be a plain object`);
  const unknown = Object.keys(limits).find(option => option !== "signal" && option !== "timeout");
  if (unknown !== undefined)
    throw new UnknownNameError(
      `${name} has no option ${JSON.stringify(unknown)}; the options are signal and timeout`,
    );
  checkLimits(limits);
}

/** Throws ArgumentError if `signal` or `timeout` is invalid. */
export function checkLimits({ signal, timeout }: Limits): void {
  if (signal !== undefined && !((signal as unknown) instanceof AbortSignal))
    throw new ArgumentError(`signal must be an AbortSignal, received ${typeof signal}`);
  if (timeout !== undefined && !(Number.isFinite(timeout) && timeout > 0 && timeout < 2 ** 31))
    throw new ArgumentError(`timeout must be a positive number of milliseconds, received ${String(timeout)}`);
}
