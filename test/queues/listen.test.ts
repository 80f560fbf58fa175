import { expect, test } from "bun:test";
import * as v from "valibot";
import { QueryError } from "../../src/index.ts";
import { channel } from "../../src/queues/index.ts";
import { failure } from "../support/failure.ts";
import { fakeListening } from "../support/fake-listening.ts";
import { recordingHandle } from "../support/recording.ts";

const ORDER = v.object({ id: v.number() });

test("above the limit the oldest waiting notifications are dropped, and onGap is called once per gap", async () => {
  const { sql, deliver } = fakeListening();
  const gaps: unknown[] = [];
  const listening = Promise.withResolvers<void>();
  const options = {
    limit: 2,
    onGap: (why: string, lost?: number) => gaps.push([why, lost]),
    onListen: listening.resolve,
  };
  const orders = channel(sql, "crowded", ORDER, options)[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => (await orders.next()).value?.id;
  const first = next();
  await listening.promise;
  for (let id = 0; id < 100_000; id++) deliver("crowded", `{"id": ${id}}`);
  expect([await first, await next()]).toEqual([99_998, 99_999]);
  expect(gaps).toEqual([["too many", 99_998]]);
  for (let id = 1; id <= 3; id++) deliver("crowded", `{"id": ${id}}`);
  expect([await next(), await next()]).toEqual([2, 3]);
  expect(gaps).toEqual([
    ["too many", 99_998],
    ["too many", 1],
  ]);
  await orders.return?.();
});

test("an aborted signal ends the loop, although notifications are waiting", async () => {
  const { sql, deliver } = fakeListening();
  const end = new AbortController();
  const listening = Promise.withResolvers<void>();
  const gaps: unknown[] = [];
  const options = {
    signal: end.signal,
    onListen: listening.resolve,
    onGap: () => gaps.push("gap"),
    limit: 3,
  };
  const orders = channel(sql, "stopped", ORDER, options)[Symbol.asyncIterator]();
  const first = orders.next();
  await listening.promise;
  for (let id = 1; id <= 3; id++) deliver("stopped", `{"id": ${id}}`);
  expect((await first).value).toEqual({ id: 1 });
  for (let id = 4; id <= 6; id++) deliver("stopped", `{"id": ${id}}`);
  end.abort();
  expect(await orders.next()).toEqual({ value: undefined, done: true });
  expect(gaps).toEqual([]);
});

test("onListen is called when notifications arrive, and again after a gap", async () => {
  const { sql, reconnect } = fakeListening();
  const calls: string[] = [];
  const listening = Promise.withResolvers<void>();
  const onListen = (): void => {
    calls.push("listen");
    listening.resolve();
  };
  const orders = channel(sql, "orders", ORDER, { onListen, onGap: why => calls.push(why) })[
    Symbol.asyncIterator
  ]();
  void orders.next();
  await listening.promise;
  reconnect("orders");
  expect(calls).toEqual(["listen", "connection lost", "listen"]);
});

test("a loop that could not listen does not keep the next one from listening", async () => {
  const { sql, isListening } = fakeListening();
  const { listen } = sql;
  Reflect.set(sql, "listen", () => Promise.reject(new Error("the connection was lost")));
  const next = (onListen: () => void): Promise<unknown> =>
    channel(sql, "orders", ORDER, { onListen })[Symbol.asyncIterator]().next();
  expect(await failure(next(() => {}))).toBeInstanceOf(QueryError);
  Reflect.set(sql, "listen", listen);
  const listening = Promise.withResolvers<void>();
  void next(listening.resolve);
  await listening.promise;
  expect(isListening("orders")).toBe(true);
});

test("a handle sends a notification to itself once, not for each of its channels", async () => {
  const sent: string[] = [];
  const sql = recordingHandle(fakeListening().sql, sent);
  for (const name of ["orders", "returns"]) {
    const listening = Promise.withResolvers<void>();
    void channel(sql, name, ORDER, { onListen: listening.resolve })[Symbol.asyncIterator]().next();
    await listening.promise;
  }
  expect(sent.filter(text => text.includes("pg_notify"))).toEqual(["SELECT pg_notify($1::text, '')"]);
});

test("through a transaction pooler, where no notification arrives, the loop fails with the reason", async () => {
  const { sql, isListening } = fakeListening(true);
  const calls: string[] = [];
  const orders = channel(sql, "orders", ORDER, { onListen: () => calls.push("listen") });
  const error = await failure(orders[Symbol.asyncIterator]().next());
  expect(error).toBeInstanceOf(QueryError);
  expect(error.message).toBe(
    'channel "orders": notifications do not arrive; a transaction pooler cannot LISTEN, so connect to the server directly',
  );
  expect([calls, isListening("orders")]).toEqual([[], false]);
});
