// A caller uses its array, its rows and its values again as soon as a call has returned its promise.
import { expect, test } from "bun:test";
import {
  insert,
  insertMany,
  jsonNull,
  link,
  loadSchema,
  lookup,
  nest,
  scope,
  updateMany,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { database, sql, schema, plain } = await testTables(
  `create table item (id int primary key, name text);
   create table part (id int primary key, item_id int not null references item, name text);
   create table tag (id int primary key, tenant_id int not null default 1);
   create table item_tag (item_id int references item, tag_id int references tag, primary key (item_id, tag_id));
   create table day (day timestamptz, data bytea, tags text[]); create type moment as (low timestamptz);
   create table nested (id int primary key, doc jsonb, grid int[], span moment);
   create table inside (id int primary key, nested_id int references nested, doc jsonb);
   create table document (doc jsonb primary key, docs jsonb[])`,
  "truncate item, part, tag, day, nested, document cascade; insert into tag values (1, 1), (2, 2)",
);
const withBigints = await loadSchema(sql, { types: { json: "bigint" } });
const stored = (): Promise<unknown[][]> => plain("select id, name from item order by id");
const LIMITS = { none: {}, timeout: { timeout: 60_000 }, signal: { signal: new AbortController().signal } };

for (const [limit, options] of Object.entries(LIMITS)) {
  test(`insertMany stores the rows of an array that its caller empties after the call (limit: ${limit})`, async () => {
    const buffer = [
      { id: 1, name: "a" },
      { id: 2, name: "b" },
    ];
    const call = insertMany(sql, schema, "item", buffer, options);
    buffer.length = 0;
    expect(await call).toBe(2);
    expect(await stored()).toEqual([
      [1, "a"],
      [2, "b"],
    ]);
  });

  test(`updateMany and upsertMany take the rows of an array that its caller empties (limit: ${limit})`, async () => {
    await insertMany(sql, schema, "item", [{ id: 1, name: "a" }]);
    const buffer = [{ id: 1, name: "updated" }];
    const updated = updateMany(sql, schema, "item", buffer, options);
    buffer.length = 0;
    await updated;
    expect(await stored()).toEqual([[1, "updated"]]);
    buffer.push({ id: 1, name: "upserted" });
    const upserted = upsertMany(sql, schema, "item", buffer, options);
    buffer.length = 0;
    await upserted;
    expect(await stored()).toEqual([[1, "upserted"]]);
  });

  test(`nested rows are those at the time of the call (limit: ${limit})`, async () => {
    const rows = [{ id: 1, name: "a", part: [{ id: 5, name: "p" }] }];
    const call = insertMany(sql, schema, "item", rows, {
      ...options,
      include: nest({ part: {} }) as never,
    });
    rows[0]!.part[0]!.name = "changed";
    rows[0]!.part.length = 0;
    rows.length = 0;
    await call;
    expect(await plain("select id, name from part")).toEqual([[5, "p"]]);
  });

  test(`upsert and lookup return the row whose key was given (limit: ${limit})`, async () => {
    await insertMany(sql, schema, "item", [
      { id: 1, name: "a" },
      { id: 2, name: "b" },
    ]);
    const row = { id: 1, name: "a" };
    const kept = upsert(sql, schema, "item", row, { ...options, update: "changed" });
    row.id = 2;
    expect(await kept).toEqual({ id: 1, name: "a" });
    row.id = 1;
    const found = lookup(sql, schema, "item", row, options);
    row.id = 2;
    expect(await found).toEqual({ id: 1, name: "a" });
  });
}

test("insert with alter stores the row at the time of the call", async () => {
  const row = { id: 1, name: "a", extra: true };
  const call = insert(sql, schema, "item", row, { alter: true });
  row.name = "changed";
  expect((await call).row).toEqual({ id: 1, name: "a", extra: true });
  await sql.unsafe("alter table item drop column extra");
});

test("an iterable may give the same row again and again", async () => {
  function* rows() {
    const row = { id: 0, name: "" };
    for (row.id = 1; row.id <= 3; row.id++) {
      row.name = `n${row.id}`;
      yield row;
    }
  }
  expect(await insertMany(sql, schema, "item", rows())).toBe(3);
  expect(await stored()).toEqual([
    [1, "n1"],
    [2, "n2"],
    [3, "n3"],
  ]);
});

test("an iterable may change the Date, the bytes and the array of an earlier row", async () => {
  function* rows() {
    const row = { day: new Date("2026-02-28T00:00:00Z"), data: new Uint8Array([1]), tags: ["a"] };
    for (let at = 0; at < 2; at++) {
      yield { ...row };
      row.day.setUTCDate(row.day.getUTCDate() + 1);
      row.data[0] = 2;
      row.tags[0] = "b";
    }
  }
  await insertMany(sql, schema, "day", rows());
  expect(
    await plain("select (day at time zone 'UTC')::text, data::text, tags::text from day order by day"),
  ).toEqual([
    ["2026-02-28 00:00:00", "\\x01", "{a}"],
    ["2026-03-01 00:00:00", "\\x02", "{b}"],
  ]);
});

test("an iterable may fill one ArrayBuffer again", async () => {
  function* rows() {
    const data = new ArrayBuffer(1);
    for (const byte of [1, 2]) {
      new Uint8Array(data)[0] = byte;
      yield { data };
    }
  }
  await insertMany(sql, schema, "day", rows() as never);
  expect(await plain("select data::text from day order by data")).toEqual([["\\x01"], ["\\x02"]]);
});

test("an iterable may change the objects inside the values of an earlier row", async () => {
  function* rows() {
    const doc = { n: 0, list: [{ m: 0 }] };
    const row = { id: 0, doc, grid: [[0, 0]], span: { low: new Date(0) } };
    for (row.id = 0; row.id < 2; row.id++) {
      yield row;
      doc.n++;
      doc.list[0]!.m++;
      row.grid[0]![1]!++;
      row.span.low.setUTCSeconds(1);
    }
  }
  for (const write of [insertMany, upsertMany] as (typeof insertMany)[]) {
    await write(sql, schema, "nested", rows() as never);
    expect(
      await plain(
        "select doc::text, grid::text, extract(epoch from (span).low)::int from nested order by id",
      ),
    ).toEqual([
      ['{"n": 0, "list": [{"m": 0}]}', "{{0,0}}", 0],
      ['{"n": 1, "list": [{"m": 1}]}', "{{0,1}}", 1],
    ]);
  }
});

test("jsonNull of an iterable and of a nested row is JSON's null", async () => {
  const rows = (from: number) => [{ id: from, doc: jsonNull }].values() as never;
  await insertMany(sql, schema, "nested", rows(1));
  await upsertMany(sql, schema, "nested", rows(2));
  const row = { id: 3, doc: jsonNull, inside: [{ id: 3, doc: jsonNull }] };
  await insert(sql, schema, "nested", row as never, { include: nest({ inside: true }) as never });
  await lookup(sql, schema, "nested", { id: 4, doc: jsonNull } as never, { key: ["id"] } as never);
  expect(await plain("select doc::text from nested union all select doc::text from inside")).toEqual(
    new Array(5).fill(["null"]),
  );
});

test("a value that contains itself or is too deep is rejected, and one that is contained twice is stored", async () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = [cycle];
  let deep: unknown = 1;
  for (let level = 0; level < 20_000; level++) deep = [deep];
  const twice = { x: 1 };
  for (const doc of [cycle, deep])
    await expect(insertMany(sql, schema, "nested", [{ id: 1, doc }].values() as never)).rejects.toThrow(
      "Expected a JSON value of at most 1000 levels",
    );
  await insertMany(sql, schema, "nested", [{ id: 1, doc: { a: twice, b: [twice] } }].values() as never);
  expect(await plain("select doc::text from nested")).toEqual([['{"a": {"x": 1}, "b": [{"x": 1}]}']]);
});

test("insert with include stores the values of nested rows at the time of the call", async () => {
  const doc = { n: 1 };
  const call = insert(sql, schema, "nested", { id: 1, doc, inside: [{ id: 2, doc }] } as never, {
    include: nest({ inside: true }) as never,
  });
  doc.n = 2;
  await call;
  expect(await plain("select doc::text from inside")).toEqual([['{"n": 1}']]);
});

test("link checks the scope of the keys that it links", async () => {
  await sql.unsafe("insert into item values (1, 'a')");
  const keys = [2];
  const call = link(sql, scope(schema, { tag: { tenant_id: 1 } }), "item", 1, "tag", keys);
  keys[0] = 1;
  expect(call).rejects.toThrow("tag: the row with id 2 does not exist in the snapshot's scope");
  await call.catch(() => {});
  expect(await plain("select item_id, tag_id from item_tag")).toEqual([]);
});

test("an array with an invalid row is rejected without a connection", async () => {
  const busy = database.connect({ max: 1 });
  await using connection = await busy.reserve();
  const call = insertMany(busy, schema, "item", [{ id: 1.5 }], { timeout: 60_000 });
  expect(await call.catch(String)).toBe(
    "ValidationError: item: 1 invalid value\n  item.id, rows[0]: Expected an integer from -2147483648 to 2147483647, received 1.5",
  );
  await connection.release();
  await busy.close();
});

const DOCUMENT = { doc: jsonNull, docs: [jsonNull, null, { a: null }] };
test.each([
  [
    "an iterable of insertMany",
    () =>
      insertMany(
        sql,
        schema,
        "document",
        (async function* () {
          yield DOCUMENT;
        })(),
      ),
  ],
  ["lookup of a new row", () => lookup(sql, schema, "document", DOCUMENT)],
  ["upsert with bigints in JSON", () => upsert(sql, withBigints, "document", DOCUMENT)],
  [
    "nested rows",
    () =>
      insert(
        sql,
        schema,
        "nested",
        { id: 1, inside: [{ id: 1, doc: jsonNull }] },
        { include: nest({ inside: true }) },
      ),
  ],
])("jsonNull is JSON's null in %s", async (name, call) => {
  await call();
  if (name === "nested rows") expect(await plain("select doc::text from inside")).toEqual([["null"]]);
  else
    expect(await plain("select doc::text, docs::text from document")).toEqual([
      ["null", '{"null",NULL,"{\\"a\\": null}"}'],
    ]);
});

test("lookup finds the row whose key is JSON's null", async () => {
  await sql.unsafe("insert into document values ('null', '{}')");
  expect(await lookup(sql, schema, "document", { doc: jsonNull }, { returning: ["docs"] })).toEqual({
    docs: [],
  } as never);
  expect(await plain("select count(*)::int from document")).toEqual([[1]]);
});
