import { afterAll, beforeAll, expect, test } from "bun:test";
import * as v from "valibot";
import { type ValidationError, ValueError } from "../../src/index.ts";
import { type Channel, channel } from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { eventually, until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({ handle: { max: 3 } });
});
afterAll(() => database.drop());

const ORDER = v.object({ id: v.pipe(v.number(), v.integer()), note: v.optional(v.string()) });
type Order = v.InferOutput<typeof ORDER>;

/** Collects the payloads of a channel until it is stopped. */
async function collect<Payload>(from: Channel<Payload, Payload>, name: string) {
  const got: Payload[] = [];
  const done = (async () => {
    for await (const payload of from) got.push(payload);
  })();
  await listeners(name, 1);
  return { got, done };
}

// A notification that is sent before LISTEN is committed does not arrive.
async function listeners(name: string, count: number): Promise<void> {
  await eventually(async () => {
    const [{ n }] = await database.sql`select count(*)::int as n from pg_stat_activity
      where datname = current_database() and state = 'idle' and query ilike ${`LISTEN "${name}"%`}::text`;
    expect(n).toBeGreaterThanOrEqual(count);
  });
}

test("payloads are received typed and in order, also those of a plain pg_notify", async () => {
  const { sql } = database;
  const stop = new AbortController();
  const orders = channel(sql, "orders", ORDER, { signal: stop.signal });
  const { got, done } = await collect<Order>(orders, "orders");
  await orders.send({ id: 1 });
  await orders.send({ id: 2, note: 'it\'s "quoted"\n😀' });
  await sql`select pg_notify('orders', '{"id": 3}')`;
  await eventually(() => expect(got).toEqual([{ id: 1 }, { id: 2, note: 'it\'s "quoted"\n😀' }, { id: 3 }]));
  stop.abort();
  await done;
});

test("inside a transaction a payload is delivered if it commits, and never if it rolls back", async () => {
  const { sql } = database;
  const stop = new AbortController();
  const orders = channel(sql, "in transactions", ORDER, { signal: stop.signal });
  const { got, done } = await collect<Order>(orders, "in transactions");
  await sql.begin(tx => orders.send({ id: 1 }, tx));
  await sql
    .begin(async tx => {
      await orders.send({ id: 2 }, tx);
      throw new Error("no");
    })
    .catch(() => {});
  await orders.send({ id: 3 });
  await eventually(() => expect(got).toEqual([{ id: 1 }, { id: 3 }]));
  stop.abort();
  await done;
});

test("an invalid payload is rejected before it is sent, and skipped when another session sends it", async () => {
  const { sql } = database;
  const invalid: ValidationError[] = [];
  const stop = new AbortController();
  const orders = channel(sql, "strict", ORDER, {
    signal: stop.signal,
    onInvalid: error => invalid.push(error),
  });
  const { got, done } = await collect<Order>(orders, "strict");
  await expect(orders.send({ id: 1.5 })).rejects.toThrow("strict.id: Invalid integer");
  await sql`select pg_notify('strict', 'no json'), pg_notify('strict', '{"id": "x"}'), pg_notify('strict', '{"id": 4}')`;
  await eventually(() => expect(got).toEqual([{ id: 4 }]));
  expect(invalid.map(({ message }) => message.split("\n")[1])).toEqual([
    '  strict: Invalid type: Expected Object but received "no json"',
    '  strict.id: Invalid type: Expected number but received "x"',
  ]);
  stop.abort();
  await done;
});

test("a payload that is too large for a notification is rejected with its size", async () => {
  const orders = channel(database.sql, "large", ORDER);
  await orders.send({ id: 1, note: "x".repeat(7_981) });
  await expect(orders.send({ id: 1, note: "x".repeat(7_982) })).rejects.toThrow(
    "large: the payload has 8000 bytes, but a notification holds at most 7999; store the payload and send its key",
  );
});

test("after a lost connection the channel continues and onGap is called", async () => {
  const { sql } = database;
  const gaps: string[] = [];
  const stop = new AbortController();
  const orders = channel(sql, "lossy", ORDER, { signal: stop.signal, onGap: why => gaps.push(why) });
  const { got, done } = await collect<Order>(orders, "lossy");
  await orders.send({ id: 1 });
  await eventually(() => expect(got).toEqual([{ id: 1 }]));
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'LISTEN "lossy"%'`;
  await eventually(() => expect(gaps).toEqual(["connection lost"]));
  await orders.send({ id: 2 });
  await eventually(() => expect(got).toEqual([{ id: 1 }, { id: 2 }]));
  stop.abort();
  await done;
});

test("leaving the loop stops listening", async () => {
  const { sql } = database;
  const orders = channel(sql, "left", ORDER);
  const leaving = (async () => {
    for await (const order of orders) return order;
  })();
  await listeners("left", 1);
  await orders.send({ id: 7 });
  expect(await leaving).toEqual({ id: 7 });
  await eventually(async () => {
    const rows =
      await sql`select from pg_stat_activity where datname = current_database() and query = 'LISTEN "left"'`;
    expect(rows).toHaveLength(0);
  });
});

test("a name that PostgreSQL would truncate is rejected", () => {
  for (const name of ["", "x".repeat(64), "é".repeat(32)])
    expect(() => channel(database.sql, name, ORDER)).toThrow("the name of a channel must have 1 to 63 bytes");
  expect(() => channel(database.sql, "x".repeat(63), ORDER)).not.toThrow();
});

test("a name with a NUL character or a lone surrogate is rejected", () => {
  for (const name of ["a\0b", "\ud800x"])
    expect(() => channel(database.sql, name, ORDER)).toThrow(
      `the name of a channel must have no NUL character and no lone surrogate, received ${JSON.stringify(name)}`,
    );
});

test("a payload that would be received as an invalid one is rejected", async () => {
  const readings = channel(database.sql, "readings", v.object({ at: v.date(), value: v.number() }));
  const error = await failure(readings.send({ at: new Date(0), value: Number.POSITIVE_INFINITY }));
  expect(error).toBeInstanceOf(ValueError);
  expect(error.message).toBe(
    [
      "readings: the payload must be a JSON value; it is not valid after its conversion to JSON:",
      "readings: 2 invalid values",
      '  readings.at: Invalid type: Expected Date but received "1970-01-01T00:00:00.000Z"',
      "  readings.value: Invalid type: Expected number but received null",
    ].join("\n"),
  );
});

test("a payload that JSON cannot represent is rejected", async () => {
  const any = channel(database.sql, "any", v.any());
  await expect(any.send(undefined)).rejects.toThrow(
    "any: the payload must be a JSON value; received a value of type undefined",
  );
  for (const payload of [5n, { id: 5n }]) {
    const error = await failure(any.send(payload));
    expect(error).toBeInstanceOf(ValueError);
    expect(error.message).toStartWith("any: the payload must be a JSON value; ");
  }
});

test("an error of onListen ends the loop, which stops listening", async () => {
  const onListen = (): never => {
    throw new RangeError("no state");
  };
  const notes = channel(database.sql, "notes", v.string(), { onListen });
  expect(await failure(notes[Symbol.asyncIterator]().next())).toEqual(new RangeError("no state"));
  const listening =
    "select from pg_stat_activity where datname = current_database() and query ilike 'LISTEN%'";
  await until(async () => (await database.sql.unsafe(listening)).length === 0);
});

test("an error of onGap after a lost connection ends the loop", async () => {
  const listening = Promise.withResolvers<void>();
  const onGap = (why: string): never => {
    throw new RangeError(why);
  };
  const notes = channel(database.sql, "notes", v.string(), { onGap, onListen: listening.resolve });
  const next = failure(notes[Symbol.asyncIterator]().next());
  await listening.promise;
  await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'LISTEN%'`;
  expect(await next).toEqual(new RangeError("connection lost"));
});
