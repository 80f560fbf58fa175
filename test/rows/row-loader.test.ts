import { expect, test } from "bun:test";
import { jsonNull, rowLoader, type Statement, scope, TimeoutError, traced } from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { lockedTables } from "../support/limited-calls.ts";
import { testTables } from "../support/test-tables.ts";

const tables = await testTables(
  `create table box (id int primary key, name text);
   create table item (id int primary key, box_id int references box);
   create table day (tenant int, at date, note text, primary key (tenant, at));
   create table doc (id jsonb primary key, n int);
   create table file (id bytea primary key, n int);
   insert into doc values ('{"a": [1]}', 1), ('null', 2);
   insert into file values ('\\x01', 1);
   insert into box select id, 'box ' || id from generate_series(1, 100) id;
   insert into item values (1, 1), (2, 1);
   insert into day values (1, '2026-01-01', 'one'), (2, '2026-01-01', 'two')`,
);
const { schema } = tables;
const sql = tables.database.connect({ max: 2 });

function loader(options: object = {}) {
  const sent: Statement[] = [];
  return { sent, load: rowLoader(sql, schema, "box", { onStatement: one => sent.push(one), ...options }) };
}

test("calls in the same tick are one statement with each key once, also after resolved promises", async () => {
  const { sent, load } = loader();
  const later = Promise.resolve()
    .then(() => null)
    .then(() => load(3));
  const rows = await Promise.all([load(1), load(2), load(1), load(999), later]);
  expect(rows).toEqual([
    ...[
      { id: 1, name: "box 1" },
      { id: 2, name: "box 2" },
      { id: 1, name: "box 1" },
    ],
    ...[undefined, { id: 3, name: "box 3" }],
  ] as never);
  expect(rows[0]).toBe(rows[2]);
  expect(sent.map(({ params }) => params)).toEqual([["{1,2,999,3}"]]);
});

test("the next tick reads again", async () => {
  const { sent, load } = loader();
  await load(1);
  await load(1);
  expect(sent.length).toBe(2);
});

test("select and include work as in getMany", async () => {
  const { load } = loader({ select: ["id"], include: { item: { select: ["id"] } } });
  expect(await Promise.all([load(1), load(2)])).toEqual([
    { id: 1, item: [{ id: 1 }, { id: 2 }] },
    { id: 2, item: [] },
  ] as never);
});

test("keys of several columns are the same key as arrays and as objects", async () => {
  const sent: Statement[] = [];
  const load = rowLoader(sql, schema, "day", { onStatement: one => sent.push(one) });
  const rows = await Promise.all([
    load([1, "2026-01-01"]),
    load({ tenant: 1, at: "2026-01-01" }),
    load([2, "2026-01-01"]),
  ]);
  expect(rows.map(row => row?.["note"])).toEqual(["one", "one", "two"]);
  expect(sent.map(({ params }) => params)).toEqual([["{1,2}", `{"2026-01-01","2026-01-01"}`]]);
});

test("an invalid key rejects only its own call, before anything is sent", async () => {
  const { load } = loader();
  const [one, two] = await Promise.allSettled([load(1), load("x" as never)]);
  expect([one.status, two.status]).toEqual(["fulfilled", "rejected"]);
});

test("the error of the statement reaches each caller", async () => {
  const { load } = loader({ timeout: 50 });
  await lockedTables(tables, "box").whileLocked(async () => {
    const errors = await Promise.all([failure(load(1)), failure(load(2)), failure(load(1))]);
    for (const error of errors) expect(error).toBeInstanceOf(TimeoutError);
  });
  expect(await load(1)).toEqual({ id: 1, name: "box 1" });
});

test("an aborted signal of one caller ends only its own wait, and the other callers get their rows", async () => {
  const stop = new AbortController();
  const { sent, load } = loader();
  const calls = [failure(load(1, { signal: stop.signal })), load(1), load(2)];
  stop.abort(new RangeError("enough"));
  expect(await Promise.all(calls)).toEqual([
    ...[new RangeError("enough"), { id: 1, name: "box 1" }, { id: 2, name: "box 2" }],
  ] as never);
  expect(sent.length).toBe(1);
});

test("a key that no caller waits for is not read", async () => {
  const stop = new AbortController();
  const { sent, load } = loader();
  const stopped = [failure(load(1, { signal: stop.signal })), failure(load(2, { signal: stop.signal }))];
  stop.abort();
  await Promise.all(stopped);
  await load(3);
  expect(sent.map(({ params }) => params)).toEqual([["{3}"]]);
  expect((await failure(load(1, { signal: stop.signal }))).name).toBe("AbortError");
});

test("if no caller waits for any key, nothing is sent", async () => {
  const stop = new AbortController();
  const { sent, load } = loader();
  const stopped = failure(load(1, { signal: stop.signal }));
  stop.abort();
  await stopped;
  await Bun.sleep(1);
  expect(sent).toEqual([]);
});

test.each(["loader", "caller"] as const)(
  "the signal of the %s cancels the statement if both have one",
  async stopping => {
    const { whileLocked, isWaiting, isQuiet } = lockedTables(tables, "box");
    const stops = { loader: new AbortController(), caller: new AbortController() };
    const { load } = loader({ signal: stops.loader.signal });
    await whileLocked(async () => {
      const stopped = failure(load(1, { signal: stops.caller.signal }));
      await until(isWaiting);
      stops[stopping].abort(new RangeError("enough"));
      expect(await stopped).toEqual(new RangeError("enough"));
      await until(isQuiet);
    });
  },
);

test("the statement is canceled when all of its callers have stopped waiting, not before", async () => {
  const { whileLocked, isWaiting, isQuiet } = lockedTables(tables, "box");
  const [first, second] = [new AbortController(), new AbortController()];
  const { load } = loader();
  await whileLocked(async () => {
    const stopped = [failure(load(1, { signal: first.signal })), failure(load(2, { signal: second.signal }))];
    await until(isWaiting);
    first.abort();
    await stopped[0];
    expect(await isWaiting()).toBe(true);
    second.abort();
    await stopped[1];
    await until(isQuiet);
  });
});

test("the scope restricts the rows", async () => {
  const load = rowLoader(sql, scope(schema, { box: { id: 1 } }), "box");
  expect(await Promise.all([load(1), load(2)])).toEqual([{ id: 1, name: "box 1" }, undefined]);
});

test("a traced handle and a transaction can be used", async () => {
  const texts: string[] = [];
  const load = rowLoader(
    traced(sql, ({ text }) => texts.push(text)),
    schema,
    "box",
    { select: ["id"] },
  );
  expect(await Promise.all([load(1), load(2)])).toEqual([{ id: 1 }, { id: 2 }]);
  expect(texts.length).toBe(1);
  expect(await sql.begin(tx => rowLoader(tx, schema, "box")(1))).toEqual({ id: 1, name: "box 1" });
});

test("invalid options are rejected before the first call", async () => {
  expect(() => rowLoader(sql, schema, "bux")).toThrow('"bux" does not exist');
  expect(() => rowLoader(sql, schema, "box", { select: ["nam"] as never })).toThrow("did you mean");
  expect(() => rowLoader(sql, schema, "box", { timeout: 0 })).toThrow("timeout must be");
  const load = rowLoader(sql, schema, "box");
  expect((await failure(load(1, { signal: "stop" as never }))).message).toContain("signal must be");
});

test("changes that the caller makes to options after the call have no effect", async () => {
  const options = { select: ["note"] as ("note" | "at")[] };
  const load = rowLoader(sql, schema, "day", options);
  const list: [number, string] = [1, "2026-01-01"];
  const record = { tenant: 1, at: "2026-01-01" };
  const rows = [load(list), load(record)];
  list[0] = 2;
  record.tenant = 2;
  options.select = ["at"];
  expect(await Promise.all<object | undefined>(rows)).toEqual([{ note: "one" }, { note: "one" }]);
});

test("a key of one column that is an object or bytes is read as it was at the time of the call", async () => {
  const key = { a: [1] };
  const bytes = new Uint8Array([1]);
  const doc = rowLoader(sql, schema, "doc", { select: ["n"] });
  const rows = [doc(key), doc(jsonNull), rowLoader(sql, schema, "file", { select: ["n"] })(bytes)];
  key.a[0] = 2;
  bytes[0] = 2;
  expect((await Promise.all(rows)).map(row => row?.["n"])).toEqual([1, 2, 1]);
});
