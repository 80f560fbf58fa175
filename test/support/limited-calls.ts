import { expect, test } from "bun:test";
import { type Limits, type SqlHandle, TimeoutError, withDefaults } from "../../src/index.ts";
import { until } from "./eventually.ts";
import { failure } from "./failure.ts";
import type { TestTables } from "./test-tables.ts";

/** A call of a function with `signal` or `timeout` in its options. */
export type LimitedCall = (sql: SqlHandle, limits: Limits) => Promise<unknown>;

export interface LockedTables {
  /** Runs a function while no other session can read or write the tables. */
  readonly whileLocked: <Result>(fn: () => Promise<Result>) => Promise<Result>;
  /** Whether a statement is waiting for a lock. */
  readonly isWaiting: () => Promise<boolean>;
  /** Whether no statement is waiting. While the tables are locked, only a canceled statement can have ended. */
  readonly isQuiet: () => Promise<boolean>;
}

/** Locks tables, such as `box, item`, in a separate session. */
export function lockedTables({ database, plain }: TestTables, tables: string): LockedTables {
  const locker = database.connect({ max: 1 });
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const isQuiet = async (): Promise<boolean> => (await plain(waiting)).length === 0;
  return {
    whileLocked: async fn =>
      (await locker.begin(async tx => {
        await tx.unsafe(`lock table ${tables} in access exclusive mode`);
        return await fn();
      })) as never,
    isWaiting: async () => !(await isQuiet()),
    isQuiet,
  };
}

export interface LimitedCalls {
  readonly sql: SqlHandle & { readonly begin: Bun.SQL["begin"] };
  readonly locked: LockedTables;
  readonly calls: Readonly<Record<string, LimitedCall>>;
  /** The names of calls that are not allowed inside a transaction. */
  readonly outside?: readonly string[];
  /** Checks that nothing was written. */
  readonly expectUnchanged: () => Promise<void>;
  /** The statement in a TimeoutError. */
  readonly text: RegExp;
  /** The beginning of the message of a TimeoutError after 100 ms. */
  readonly message?: string;
}

/** Defines the tests of `signal`, `timeout` and `withDefaults` for calls that wait for the locked tables. */
export function testLimits(context: LimitedCalls): void {
  for (const [name, call] of Object.entries(context.calls)) testCall(context, name, call);
}

const DEADLINE = 25;

// On a busy machine the deadline may stop an earlier statement of the call, or its wait for a connection, so the next attempt
// gets more time.
async function timeoutErrorOf(
  { sql, text, message }: LimitedCalls,
  call: LimitedCall,
): Promise<TimeoutError> {
  for (let timeout = DEADLINE; ; timeout *= 10) {
    const error = (await failure(call(sql, { timeout }))) as TimeoutError;
    const isReached =
      message === undefined ? text.test(error.text ?? "") : withoutTime(error).startsWith(message);
    if (timeout >= 20_000 || isReached) return error;
  }
}

function withoutTime({ message }: Error): string {
  return message.replace(/\d+ ms/, "100 ms");
}

function testCall(context: LimitedCalls, name: string, call: LimitedCall): void {
  const { sql, locked, expectUnchanged, text, outside = [] } = context;
  const { whileLocked, isWaiting, isQuiet } = locked;
  const canNest = !outside.includes(name);

  test(`${name}: a signal cancels the statement on the server, and the connection remains usable`, async () => {
    const stop = new AbortController();
    const reason = new RangeError("enough");
    await whileLocked(async () => {
      const stopped = failure(call(sql, { signal: stop.signal }));
      await until(isWaiting);
      stop.abort(reason);
      expect(await stopped).toBe(reason);
      await until(isQuiet);
    });
    await expectUnchanged();
    expect(await failure(call(sql, { signal: stop.signal }))).toBe(reason);
    await call(sql, { timeout: 60_000 });
  });

  test(`${name}: a timeout rejects with TimeoutError and the statement${canNest ? ", also in a transaction" : ""}`, async () => {
    await whileLocked(async () => {
      const error = await timeoutErrorOf(context, call);
      expect(error).toBeInstanceOf(TimeoutError);
      expect(withoutTime(error)).toStartWith(
        context.message ?? "the call took longer than 100 ms and was canceled\n  in: ",
      );
      if (context.message === undefined) expect(error.text).toMatch(text);
      if (canNest) {
        const inside = sql.begin(async tx => await call(tx, { timeout: DEADLINE }));
        expect(await failure(inside)).toBeInstanceOf(TimeoutError);
      }
      await until(isQuiet);
    });
    await expectUnchanged();
  });

  test(`${name}: the defaults of a handle are limits of its calls`, async () => {
    await whileLocked(async () => {
      const limited = withDefaults(sql, { timeout: DEADLINE });
      expect(await failure(call(limited, {}))).toBeInstanceOf(TimeoutError);
      if (canNest)
        expect(await failure(limited.begin(async tx => await call(tx, {})))).toBeInstanceOf(TimeoutError);
      await until(isQuiet);
    });
    await expectUnchanged();
    await call(withDefaults(sql, { timeout: 60_000 }), {});
  });
}
