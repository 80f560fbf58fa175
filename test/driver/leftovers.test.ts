// Everything that a call starts for its limits ends with the call: a timer would keep the process alive, and listeners
// would accumulate on a signal.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { eventStream } from "../../src/http/index.ts";
import { expr, q, rowLoader, transaction } from "../../src/index.ts";
import { claimOne, work } from "../../src/queues/index.ts";
import { listen } from "../../src/queues/listen.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(
  `create table job (id int primary key, status text not null default 'pending');
   create table box (id int primary key)`,
  "truncate job, box; insert into box values (1); insert into job values (1)",
);
const sql = database.connect({ max: 3 });
const LONG = 600_000;

const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;
/** The timers that have neither run nor been cleared. */
const timers = new Set<unknown>();
const forget =
  (clear: (timer: never) => void) =>
  (timer: never): void => {
    timers.delete(timer);
    clear(timer);
  };

beforeAll(() => {
  Object.assign(globalThis, {
    setTimeout: (run: () => void, milliseconds: number) => {
      const timer: unknown = setTimeout(() => {
        timers.delete(timer);
        run();
      }, milliseconds);
      timers.add(timer);
      return timer;
    },
    setInterval: (run: () => void, milliseconds: number) => {
      const timer = setInterval(run, milliseconds);
      timers.add(timer);
      return timer;
    },
    ...{ clearTimeout: forget(clearTimeout), clearInterval: forget(clearInterval) },
  });
});
afterEach(() => timers.clear());
afterAll(() => {
  Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval });
});

/** A signal and its current listeners. */
function signalWithListeners(controller = new AbortController(), signal = controller.signal) {
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners.add(args[1]);
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners.delete(args[1]);
    removeEventListener.apply(signal, args);
  };
  return { signal, listeners, stop: (reason?: unknown) => controller.abort(reason) };
}

type Heard = ReturnType<typeof signalWithListeners>;

test.each<readonly [string, (heard: Heard) => Promise<unknown>]>([
  ["a query", ({ signal }) => q(sql, schema, expr`select 1`, { timeout: LONG, signal })],
  [
    "a query that fails",
    ({ signal }) => failure(q(sql, schema, expr`select 1 / 0`, { timeout: LONG, signal })),
  ],
  [
    "a query that is stopped",
    async ({ signal, stop, listeners }) => {
      const stopped = failure(q(sql, schema, expr`select pg_sleep(600)`, { timeout: LONG, signal }));
      await until(() => listeners.size > 0);
      stop(new RangeError("enough"));
      expect(await stopped).toEqual(new RangeError("enough"));
    },
  ],
  ["a transaction", ({ signal }) => transaction(sql, tx => tx`select 1`, { timeout: LONG, signal })],
  ["a job", ({ signal }) => claimOne(sql, schema, "job", () => {}, { timeout: LONG, signal })],
  [
    "an idle worker that is stopped",
    async ({ signal, stop }) => {
      const running = work(sql, schema, "job", () => {}, { poll: LONG, signal });
      await until(() => timers.size > 0);
      stop();
      expect(await running).toBe(1);
    },
  ],
  [
    "a loader",
    async ({ signal }) => {
      expect(await rowLoader(sql, schema, "box")(1, { signal })).toEqual({ id: 1 });
    },
  ],
  [
    "a channel whose loop ends",
    async ({ signal }) => {
      const onListen = (): void => void sql`select pg_notify('news', 'x')`.execute();
      for await (const text of listen(sql, "news", { signal, onListen })) {
        expect(text).toBe("x");
        break;
      }
    },
  ],
  [
    "a channel that is stopped",
    async ({ signal, stop }) => {
      for await (const _ of listen(sql, "news", { signal, onListen: () => stop() })) expect.unreachable();
    },
  ],
])("%s leaves neither a timer nor a listener on its signal", async (_name, call) => {
  const heard = signalWithListeners();
  await call(heard);
  expect([timers.size, heard.listeners.size]).toEqual([0, 0]);
});

async function* noChanges(): AsyncGenerator<never> {}

test("an event stream whose changes end leaves neither a timer nor a listener on the request", async () => {
  const request = new Request("http://localhost");
  const { listeners } = signalWithListeners(undefined, request.signal);
  expect(await eventStream(request, noChanges, { heartbeat: LONG }).text()).toContain("retry");
  await until(() => listeners.size === 0);
  expect(timers.size).toBe(0);
});
