import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import {
  ArgumentError,
  ConstraintError,
  expr,
  insertMany,
  loadSchema,
  lookup,
  type SchemaSnapshot,
  ScopeError,
  scope,
  updateMany,
  upsert,
  upsertMany,
  ValidationError,
} from "../../src/index.ts";
import { copySql, stagedUpsertSql, updateManySql, upsertManySql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { recorder } from "../support/recording.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create table item (id int primary key, tenant_id int not null default 1, name text, code varchar(5) unique,
        price numeric(8,2) check (price >= 0), version bigint not null default 0, tags text[], made timestamptz default '2024-01-01Z');
      create table pair (a int, b text, note text default 'n', primary key (b, a));
      create table counter (id bigint generated always as identity primary key, name text not null unique, note text);
      create table split (id int primary key, note text) partition by range (id);
      create table split_low partition of split for values from (0) to (100);
      create table kept (id int primary key, note text);
      create function keep() returns trigger language plpgsql as $$ begin if new.note = 'no' then return null; end if; return new; end $$;
      create trigger guard before insert or update on kept for each row execute function keep();
      create table rows (id int primary key, n int, nn text);
      create table secured (id int primary key, note text);
      alter table secured enable row level security;
      create table amount (id int primary key, price money);`,
  });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

beforeEach(async () => {
  await database.sql.unsafe(`truncate item, pair, counter, split, kept, rows, secured, amount restart identity;
    insert into item (id, name, price) values (1, 'one', 1), (2, 'two', 2);
    insert into item (id, name, tenant_id) values (3, 'theirs', 2);
    insert into pair values (1, 'x', 'old'), (2, 'x', 'old');`);
});

const plain = async (text: string): Promise<unknown[][]> => [...(await database.sql.unsafe(text).values())];
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    error => error,
  );

test("upsertMany writes in one statement, in the order of the keys", async () => {
  const { sent, onStatement } = recorder();
  const rows = [
    { id: 2, name: "zwei" },
    { name: "neu", id: 4 },
  ];
  expect(await upsertMany(database.sql, schema, "item", rows, { onStatement })).toBe(2);
  expect(sent).toEqual([
    {
      text:
        'INSERT INTO "public"."item" ("id", "name") SELECT "c1"::int4, "c2"::text FROM unnest($1::text::text[], $2::text::text[]) ' +
        'WITH ORDINALITY AS "rows" ("c1", "c2", "n") ORDER BY 1 ON CONFLICT ("id") DO UPDATE SET "name" = EXCLUDED."name"',
      params: ["{2,4}", '{"zwei","neu"}'],
    },
  ]);
  expect(await plain("select id, name, price from item order by id")).toEqual([
    [1, "one", "1.00"],
    [2, "zwei", "2.00"],
    [3, "theirs", null],
    [4, "neu", null],
  ]);
});

test("upsertMany: rows of one key are written one after the other, whatever columns they have", async () => {
  const rows = [
    { id: 1, name: "a" },
    { id: 1, price: "7.50" },
    { id: 9, name: "b" },
    { id: 9, name: "c", price: "1.00" },
    { id: 9 },
  ];
  expect(await upsertMany(database.sql, schema, "item", rows)).toBe(5);
  expect(await plain("select id, name, price from item where id in (1, 9) order by id")).toEqual([
    [1, "a", "7.50"],
    [9, "c", "1.00"],
  ]);
});

test("upsertMany returns the rows in the order given, without those left alone", async () => {
  const rows = [
    { id: 5, name: "five" },
    { id: 1, name: "one" },
    { id: 2, name: "zwei" },
    { id: 6, price: "1.00" },
    { id: 5, name: "fünf" },
  ];
  const returning = ["id", "name"] as const;
  expect(await upsertMany(database.sql, schema, "item", rows, { returning, update: "changed" })).toEqual([
    { id: 5, name: "five" },
    { id: 2, name: "zwei" },
    { id: 6, name: null },
    { id: 5, name: "fünf" },
  ]);
  expect(
    await upsertMany(database.sql, schema, "item", rows, { returning: ["id"], update: "nothing" }),
  ).toEqual([]);
  expect(await upsertMany(database.sql, schema, "item", rows, { returning: ["id"] })).toEqual(
    rows.map(({ id }) => ({ id })),
  );
});

test("upsertMany: composite keys in any order, key-only rows, another unique key, and keys the database makes", async () => {
  await upsertMany(database.sql, schema, "pair", [
    { note: "new", b: "x", a: 2 },
    { a: 1, b: "x" },
    { a: 3, b: "y" },
  ]);
  expect(await plain("select a, b, note from pair order by a")).toEqual([
    [1, "x", "old"],
    [2, "x", "new"],
    [3, "y", "n"],
  ]);
  const named = [
    { name: "a", note: "1" },
    { name: "a", note: "2" },
    { name: "b", note: null },
  ];
  expect(await upsertMany(database.sql, schema, "counter", named, { key: ["name"] })).toBe(3);
  expect(await plain("select name, note from counter order by id")).toEqual([
    ["a", "2"],
    ["b", null],
  ]);
  expect(await failure(upsertMany(database.sql, schema, "counter", named))).toBeInstanceOf(ConstraintError);
  expect(await upsertMany(database.sql, schema, "counter", [{ name: "c" }, { name: "d" }])).toBe(2);
  expect(await plain("select count(*)::int from counter")).toEqual([[4]]);
});

test("upsertMany of thousands of rows goes through a temporary table, again and again in one transaction", async () => {
  const rows = Array.from({ length: 2_500 }, (_, id) => ({ id, name: `n\t${id}\\`, tags: ["a\nb", null] }));
  const { sent, onStatement } = recorder();
  await database.sql.begin(async tx => {
    expect(await upsertMany(tx, schema, "item", rows, { onStatement })).toBe(2_500);
    expect(
      await upsertMany(
        tx,
        schema,
        "item",
        rows.map(({ id }) => ({ id, price: "3.00" })),
      ),
    ).toBe(2_500);
    const pairs = Array.from({ length: 2_000 }, (_, a) => ({ a, b: `${a}` }));
    expect(await upsertMany(tx, schema, "pair", pairs)).toBe(2_000);
  });
  expect(sent.map(({ text }) => text)).toEqual([
    'CREATE TEMPORARY TABLE pg_temp."rowfn_rows" ("c1" int4, "c2" text, "c3" text[]) ON COMMIT DROP',
    'COPY pg_temp."rowfn_rows" FROM STDIN',
    'INSERT INTO "public"."item" ("id", "name", "tags") SELECT "c1", "c2", "c3" FROM pg_temp."rowfn_rows" AS "rows" ' +
      'ORDER BY 1 ON CONFLICT ("id") DO UPDATE SET "name" = EXCLUDED."name", "tags" = EXCLUDED."tags"',
    'DROP TABLE pg_temp."rowfn_rows"',
  ]);
  expect(
    await plain(`select count(*)::int, count(*) filter (where name = E'n\\t' || id || E'\\\\' and tags = array[E'a\\nb', null]
      and price = 3)::int from item`),
  ).toEqual([[2_500, 2_500]]);
  expect(await plain("select count(*)::int from pg_class where relname = 'rowfn_rows'")).toEqual([[0]]);
});

test("the staged upsert's statements", () => {
  const staged = stagedUpsertSql(scope(schema, { item: { tenant_id: 2 } }), "item", [{ id: 1, name: null }]);
  expect([...staged.copy.chunks]).toEqual(["1\t\\N\n"]);
  expect(staged.upsert).toEqual({
    text:
      'INSERT INTO "public"."item" ("id", "name", "tenant_id") SELECT "c1", "c2", $1::text::int4 FROM pg_temp."rowfn_rows" AS "rows" ' +
      'ORDER BY 1 ON CONFLICT ("id") DO UPDATE SET "name" = EXCLUDED."name" WHERE "item"."tenant_id" = $2::text::int4',
    params: ["2", "2"],
    output: [],
  });
});

test("a role that may not make temporary tables upserts thousands of rows all the same", async () => {
  const name = `no_temp_${crypto.randomUUID().slice(0, 8)}`;
  await database.sql.unsafe(`create role ${name}; grant select, insert, update on item to ${name};
    revoke temporary on database ${JSON.stringify(database.name)} from public`);
  const rows = Array.from({ length: 2_000 }, (_, id) => ({ id, name: "x" }));
  await database.sql.begin(async tx => {
    await tx.unsafe(`set local role ${name}`);
    expect(await upsertMany(tx, schema, "item", rows)).toBe(2_000);
  });
  expect(await plain("select count(*)::int from item where name = 'x'")).toEqual([[2_000]]);
  await database.sql.unsafe(`grant temporary on database ${JSON.stringify(database.name)} to public;
    drop owned by ${name}; drop role ${name}`);
});

test("upsertMany in a scope stamps new rows, and one foreign row undoes all", async () => {
  const theirs = scope(schema, { item: { tenant_id: 2 } });
  expect(
    await upsertMany(database.sql, theirs, "item", [
      { id: 3, name: "t" },
      { id: 30, name: "u" },
    ]),
  ).toBe(2);
  for (const size of [1, 2_500]) {
    const rows = Array.from({ length: size }, (_, index) => ({ id: 100 + index, name: "mine?" }));
    const error = await failure(
      upsertMany(database.sql, theirs, "item", [...rows, { id: 2, name: "stolen" }]),
    );
    expect(error).toBeInstanceOf(ScopeError);
    expect((error as ScopeError).message).toBe(
      `item, row ${size}: the key belongs to a row outside the snapshot's scope; nothing was written`,
    );
  }
  expect(await plain("select id, tenant_id, name from item order by id")).toEqual([
    [1, 1, "one"],
    [2, 1, "two"],
    [3, 2, "t"],
    [30, 2, "u"],
  ]);
});

test("two upsertMany of the same keys in opposite orders do not wait for each other", async () => {
  const rows = Array.from({ length: 500 }, (_, id) => ({ id, name: "n" }));
  const runs = Array.from({ length: 20 }, (_, run) =>
    upsertMany(database.sql, schema, "item", run % 2 ? rows : rows.toReversed()),
  );
  expect(await Promise.all(runs)).toEqual(Array.from({ length: 20 }, () => 500));
});

test("insertMany of a hundred rows or more is a COPY", async () => {
  const { sent, onStatement } = recorder();
  const rows = Array.from({ length: 100 }, (_, index) => ({
    id: index + 100,
    name: index === 7 ? null : `\\N\r${index}`,
  }));
  expect(
    await insertMany(database.sql, scope(schema, { item: { tenant_id: 5 } }), "item", rows, { onStatement }),
  ).toBe(100);
  expect(sent).toEqual([{ text: 'COPY "public"."item" ("id", "name", "tenant_id") FROM STDIN', params: [] }]);
  expect(
    await plain(`select count(*) filter (where name = E'\\\\N\\r' || (id - 100))::int, count(*) filter (where name is null)::int,
      count(distinct made)::int from item where tenant_id = 5`),
  ).toEqual([[99, 1, 1]]);
});

test("COPY's data: escapes, NULL, the scope's value", () => {
  const scoped = scope(schema, { item: { tenant_id: 5 } });
  const { text, chunks } = copySql(scoped, "item", [
    { tags: ["a\tb"], id: 1, name: "\\.\n" },
    { tags: null, id: 2, name: "" },
  ]);
  expect(text).toBe('COPY "public"."item" ("tags", "id", "name", "tenant_id") FROM STDIN');
  expect([...chunks]).toEqual(['{"a\\tb"}\t1\t\\\\.\\n\t5\n\\N\t2\t\t5\n']);
});

test("tables that COPY would treat differently take parameters instead", async () => {
  const { sent, onStatement } = recorder();
  const rows = Array.from({ length: 150 }, (_, id) => ({ id, note: "n" }));
  expect(await insertMany(database.sql, schema, "secured", rows, { onStatement })).toBe(150);
  const amounts = rows.map(({ id }) => ({ id, price: "1234.50" }));
  expect(await insertMany(database.sql, schema, "amount", amounts, { onStatement })).toBe(150);
  expect(sent.map(({ text }) => text.slice(0, 11))).toEqual(["INSERT INTO", "INSERT INTO"]);
  expect(await plain("select count(*)::int, min(price)::numeric::text from amount")).toEqual([
    [150, "1234.50"],
  ]);
});

test("rows a trigger keeps out are not counted, by COPY neither", async () => {
  const rows = Array.from({ length: 200 }, (_, id) => ({ id, note: id % 2 ? "no" : "yes" }));
  expect(await insertMany(database.sql, schema, "kept", rows)).toBe(100);
  expect(await upsertMany(database.sql, schema, "kept", rows)).toBe(100);
  expect(
    await insertMany(
      database.sql,
      schema,
      "kept",
      [
        { id: 500, note: "no" },
        { id: 501, note: "yes" },
      ],
      { returning: ["id"] },
    ),
  ).toEqual([{ id: 501 }]);
});

test("the row that breaks a constraint is named, and nothing is kept", async () => {
  const rows = Array.from({ length: 25_000 }, (_, index) => ({
    id: index + 10,
    price: index === 20_123 ? "-1" : "1",
  }));
  const error = (await failure(
    insertMany(database.sql, schema, "item", rows, { validate: false }),
  )) as ConstraintError;
  expect(error).toBeInstanceOf(ConstraintError);
  expect(error.message).toBe(
    'item, row 20123: a value that passes the check in price (item_price_check) [23514]\n  in: COPY "public"."item" ("id", "price") FROM STDIN',
  );
  expect([error.row, error.columns, error.issues.map(({ path }) => path?.map(({ key }) => key))]).toEqual([
    20_123,
    ["price"],
    [[20_123, "price"]],
  ]);
  async function* source() {
    yield* rows.slice(0, 15_000).map(({ id }) => ({ id, price: 1 }));
    yield { id: 10, price: 1 };
  }
  const twice = (await failure(insertMany(database.sql, schema, "item", source()))) as ConstraintError;
  expect([twice.sqlstate, twice.row]).toEqual(["23505", 15_000]);
  expect(await plain("select count(*)::int from item")).toEqual([[3]]);
});

test("below COPY the row is found by its key, and only when PostgreSQL tells", async () => {
  const taken = (await failure(
    insertMany(database.sql, schema, "item", [{ id: 50 }, { id: 2 }], { returning: true }),
  )) as ConstraintError;
  expect([taken.row, taken.message.split("\n")[0]]).toEqual([
    1,
    "item, row 1: a value that no other row has in id (item_pkey) [23505]",
  ]);
  const checked = (await failure(
    insertMany(database.sql, schema, "item", [{ id: 50 }, { id: 51, price: "-1" }], { validate: false }),
  )) as ConstraintError;
  expect([checked.row, checked.columns, checked.sqlstate]).toEqual([undefined, ["price"], "23514"]);
  const twins = (await failure(
    upsertMany(database.sql, schema, "item", [
      { id: 50, code: "a" },
      { id: 51, code: "b" },
      { id: 52, code: "b" },
    ]),
  )) as ConstraintError;
  expect([twins.row, twins.columns]).toEqual([2, ["code"]]);
  expect(await plain("select count(*)::int from item")).toEqual([[3]]);
});

test("raw SQL and missing values are refused in many rows, also unchecked", async () => {
  for (const name of [expr`now()`, undefined]) {
    const rows = [
      { id: 7, name: "a" },
      { id: 8, name },
    ];
    for (const write of [insertMany, upsertMany, updateMany] as (typeof insertMany)[])
      expect(await failure(write(database.sql, schema, "item", rows, { validate: false }))).toEqual(
        new ArgumentError(
          `item.name, row 1: ${name === undefined ? "the value is missing" : "raw SQL is not possible in functions for many rows"}`,
        ),
      );
  }
  expect(await plain("select count(*)::int from item")).toEqual([[3]]);
});

test("updateMany changes each row by its own values and tells which are missing", async () => {
  const { sent, onStatement } = recorder();
  const rows = [
    { id: 1, name: "eins" },
    { id: 2, price: "5.00", tags: ["x"] },
    { id: 77, name: "none" },
    { id: 3, name: null },
  ];
  expect(await updateMany(database.sql, schema, "item", rows, { onStatement })).toEqual({
    updated: 3,
    missing: [2],
    stale: [],
  });
  expect(sent[0]).toEqual({
    text:
      'UPDATE "public"."item" SET "name" = "rows"."c2"::text FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS ' +
      '"rows" ("c1", "c2", "n") WHERE "item"."id" = "rows"."c1"::int4 RETURNING "rows"."n"::int4 AS "n"',
    params: ["{1,77,3}", '{"eins","none",NULL}'],
  });
  expect(await plain("select id, name, price, tags::text from item order by id")).toEqual([
    [1, "eins", "1.00", null],
    [2, "two", "5.00", "{x}"],
    [3, null, null, null],
  ]);
});

test("updateMany with a version leaves rows that somebody else changed", async () => {
  await database.sql.unsafe("update item set version = 4 where id = 2");
  const rows = [
    { id: 1, name: "a", version: 0 },
    { id: 2, name: "b", version: 3 },
    { id: 9, name: "c", version: 0 },
    { id: 1, name: "again", version: 0 },
    { id: 1, name: "then", version: "1" },
  ];
  expect(
    await updateMany(database.sql, schema, "item", rows, {
      version: "version",
      returning: ["id", "version"],
    }),
  ).toEqual({
    updated: [
      { id: 1, version: "1" },
      { id: 1, version: "2" },
    ],
    missing: [2],
    stale: [1, 3],
  });
  expect(await plain("select id, name, version::int from item order by id")).toEqual([
    [1, "then", 2],
    [2, "two", 4],
    [3, "theirs", 0],
  ]);
  expect(
    await failure(updateMany(database.sql, schema, "item", [{ id: 1, name: "x" }], { version: "version" })),
  ).toEqual(new ArgumentError("item.version: the value is missing in a row"));
  expect(
    await failure(updateMany(database.sql, schema, "item", [{ id: 1, name: "x" }], { version: "name" })),
  ).toEqual(new ArgumentError("item.name: the version column must be an integer, this column is text"));
});

test("updateMany: rows that were read can be given back, a row without a change is only looked for, in a scope too", async () => {
  await database.sql.unsafe("insert into counter (name) values ('a'), ('b')");
  expect(
    await updateMany(
      database.sql,
      schema,
      "counter",
      [{ id: "1", name: "a", note: "x" }, { id: "2" }, { id: "3" }],
      { returning: ["name", "note"] },
    ),
  ).toEqual({
    updated: [
      { name: "a", note: "x" },
      { name: "b", note: null },
    ],
    missing: [2],
    stale: [],
  });
  const theirs = scope(schema, { item: { tenant_id: 2 } });
  expect(
    await updateMany(database.sql, theirs, "item", [
      { id: 1, name: "stolen" },
      { id: 3, tenant_id: 2, name: "ok" },
    ]),
  ).toEqual({
    updated: 1,
    missing: [0],
    stale: [],
  });
  expect(await failure(updateMany(database.sql, theirs, "item", [{ id: 3, tenant_id: 1 }]))).toBeInstanceOf(
    ArgumentError,
  );
  expect(await plain("select id, tenant_id, name from item order by id")).toEqual([
    [1, 1, "one"],
    [2, 1, "two"],
    [3, 2, "ok"],
  ]);
});

test("updateMany: names that the statement uses itself", async () => {
  await database.sql.unsafe("insert into rows values (1, 1, 'a'), (2, 2, 'b')");
  const rows = [
    { id: 2, nn: "c" },
    { id: 1, nn: "d" },
  ];
  expect(await updateMany(database.sql, schema, "rows", rows, { returning: true })).toEqual({
    updated: [
      { id: 2, n: 2, nn: "c" },
      { id: 1, n: 1, nn: "d" },
    ],
    missing: [],
    stale: [],
  });
  expect(updateManySql(schema, "rows", rows).text).toBe(
    'UPDATE "public"."rows" SET "nn" = "rows_"."c2"::text FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS ' +
      '"rows_" ("c1", "c2", "n") WHERE "rows"."id" = "rows_"."c1"::int4 RETURNING "rows_"."n"::int4 AS "n_"',
  );
  expect(await upsertMany(database.sql, schema, "rows", [{ id: 1, nn: "e" }], { update: "changed" })).toBe(1);
});

test("updateMany refuses wrong rows before anything is sent: key and value with the row's number", async () => {
  const { sent, onStatement } = recorder();
  const keys = (await failure(
    updateMany(database.sql, schema, "item", [{ id: 1, name: "x" }, { name: "y" }, { id: "z", name: "y" }], {
      onStatement,
    }),
  )) as ValidationError;
  expect(keys.issues.map(({ message, path }) => [path?.map(({ key }) => key), message])).toEqual([
    [[1, "id"], "Expected a value of the primary key, received undefined"],
    [[2, "id"], 'Expected an integer from -2147483648 to 2147483647, received "z"'],
  ]);
  const values = (await failure(
    updateMany(database.sql, schema, "item", [{ id: 1 }, { id: 2, nam: "x", price: "1.234" }], {
      onStatement,
    }),
  )) as ValidationError;
  expect(values).toBeInstanceOf(ValidationError);
  expect(values.issues.map(({ path }) => path?.map(({ key }) => key))).toEqual([
    [1, "nam"],
    [1, "price"],
  ]);
  expect(sent).toEqual([]);
});

test("lookup finds the row of a unique key or makes it; what is there stays", async () => {
  const { sent, onStatement } = recorder();
  expect(
    await lookup(database.sql, schema, "counter", { name: "a", note: "first" }, { onStatement }),
  ).toEqual({
    id: "1",
    name: "a",
    note: "first",
  });
  expect(sent.map(({ text }) => text)).toEqual([
    'SELECT "id", "name", "note" FROM "public"."counter" WHERE "name" = $1::text',
    'INSERT INTO "public"."counter" ("name", "note") VALUES ($1::text, $2::text) ON CONFLICT ("name") DO NOTHING RETURNING "id", "name", "note"',
  ]);
  expect(
    await lookup(
      database.sql,
      schema,
      "counter",
      { name: "a", note: "second" },
      { returning: ["id", "note"] },
    ),
  ).toEqual({
    id: "1",
    note: "first",
  });
  expect(await plain("select id::int, note from counter")).toEqual([[1, "first"]]);
});

test("twenty lookups of the same new key at once get one row", async () => {
  const found = await Promise.all(
    Array.from({ length: 20 }, () =>
      lookup(database.sql, schema, "counter", { name: "same" }, { returning: ["id"] }),
    ),
  );
  expect(new Set(found.map(row => row?.id)).size).toBe(1);
  expect(await plain("select count(*)::int from counter")).toEqual([[1]]);
});

test("lookup needs one unique key that the row has, and a scope hides other rows", async () => {
  expect(await failure(lookup(database.sql, schema, "counter", { note: "x" }, { validate: false }))).toEqual(
    new ArgumentError("counter: the row has no unique key; the table has (id), (name)"),
  );
  expect(
    await failure(lookup(database.sql, schema, "item", { id: 99, code: null }, { key: ["code"] })),
  ).toEqual(new ArgumentError("item.code is null, which no row can be found by"));
  const theirs = scope(schema, { item: { tenant_id: 2 } });
  expect(await failure(lookup(database.sql, theirs, "item", { id: 1 }))).toEqual(
    new ScopeError("item: the key belongs to a row outside the snapshot's scope"),
  );
  expect(await lookup(database.sql, theirs, "item", { id: 3 }, { returning: ["name"] })).toEqual({
    name: "theirs",
  });
});

test("upsert tells whether the row was inserted, on a partitioned table too", async () => {
  const { sent, onStatement } = recorder();
  expect(
    await upsert(
      database.sql,
      schema,
      "item",
      { id: 1, name: "x" },
      { inserted: true, returning: ["name"], onStatement },
    ),
  ).toEqual({
    row: { name: "x" },
    inserted: false,
  });
  const isOld = schema.serverVersionNum >= 180_000 ? '(old."id" IS NULL)' : '("item".xmax = 0)';
  expect(sent[0]?.text).toBe(
    `INSERT INTO "public"."item" ("id", "name") VALUES ($1::text::int4, $2::text) ON CONFLICT ("id") DO UPDATE SET "name" = EXCLUDED."name" RETURNING "name", ${isOld} AS "inserted"`,
  );
  expect(await upsert(database.sql, schema, "item", { id: 8 }, { inserted: true, returning: false })).toEqual(
    {
      row: undefined,
      inserted: true,
    },
  );
  for (const [id, inserted] of [
    [5, true],
    [5, false],
  ] as const)
    expect(await upsert(database.sql, schema, "split", { id, note: "n" }, { inserted: true })).toEqual({
      row: { id, note: "n" },
      inserted,
    });
  expect(await upsert(database.sql, schema, "counter", { name: "k" }, { inserted: true })).toEqual({
    row: { id: "1", name: "k", note: null },
    inserted: true,
  });
  expect(
    await upsert(
      database.sql,
      schema,
      "item",
      { id: 1, name: "x" },
      { inserted: true, update: "changed", returning: ["id"] },
    ),
  ).toEqual({
    row: { id: 1 },
    inserted: false,
  });
});

test("the builders' own text", () => {
  expect(upsertManySql(schema, "pair", [{ a: 1, b: "x", note: null }], { update: "nothing" }).text).toBe(
    'INSERT INTO "public"."pair" ("a", "b", "note") SELECT "c1"::int4, "c2"::text, "c3"::text FROM ' +
      'unnest($1::text::text[], $2::text::text[], $3::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "c3", "n") ' +
      'ORDER BY "n" ON CONFLICT ("b", "a") DO NOTHING RETURNING "a", "b", "note"',
  );
});

test("100,000 rows with mixed columns come out as they went in, defaults for what was left out", async () => {
  const texts = fc.sample(fc.string({ unit: "binary" }), { numRuns: 500, seed: 1 }).filter(isStorable);
  const rows = Array.from({ length: 100_000 }, (_, id) => ({
    id,
    ...(id % 2 && { name: texts[id % texts.length]! }),
    ...(id % 3 && { tags: id % 5 ? [texts[(id * 7) % texts.length]!, null] : null }),
    ...(id % 7 === 0 && { price: `${id}.25` }),
  }));
  await database.sql.unsafe("truncate item");
  expect(await insertMany(database.sql, schema, "item", rows)).toBe(100_000);
  const stored = await database.sql.unsafe(
    `select id, name, to_jsonb(tags)::text as tags, price::text, made = '2024-01-01Z' as made from item order by id`,
  );
  const expected = rows.map(({ id, name = null, tags = null, price = null }) => ({
    id,
    name,
    tags: tags && JSON.stringify(tags),
    price,
    made: true,
  }));
  const differs = (stored as Record<string, unknown>[]).findIndex(
    (row, index) =>
      !Bun.deepEquals(
        { ...row, tags: row["tags"] && JSON.stringify(JSON.parse(row["tags"] as string)) },
        expected[index],
      ),
  );
  expect([stored.length, differs]).toEqual([100_000, -1]);
});

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
