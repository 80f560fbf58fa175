import { expect, test } from "bun:test";
import { ConstraintError, ScopeError, scope, upsertMany } from "../../src/index.ts";
import { stagedUpsertSql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { ITEM_ROWS, ITEM_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(ITEM_TABLES, ITEM_ROWS);

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

test("upsertMany writes rows with the same key in input order, even if their columns differ", async () => {
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

test("upsertMany returns the rows in input order, without unchanged rows", async () => {
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

test.each([
  [2, {}],
  [2, { returning: ["id"] }],
  [2, { update: "changed" }],
  [2, { update: "nothing" }],
  [3, { update: "changed", returning: ["id"] }],
  [3, { update: "nothing", returning: ["id"] }],
] as const)("upsertMany of rows with alternating columns: %i statements for %o", async (count, options) => {
  const { sent, onStatement } = recorder();
  const rows = [
    { id: 5, name: "five" },
    { id: 6, price: "1.00" },
    { id: 7, name: "seven" },
    { id: 1, name: "one" },
  ];
  const result = await upsertMany(database.sql, schema, "item", rows, { ...options, onStatement });
  expect(sent.filter(({ text }) => text.includes("INSERT INTO"))).toHaveLength(count);
  if (!("returning" in options)) return;
  const written = "update" in options ? [5, 6, 7] : [5, 6, 7, 1];
  expect(result as unknown).toEqual(written.map(id => ({ id })));
});

test("upsertMany: composite keys in any order, key-only rows, a different unique key, and keys that the database generates", async () => {
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

test("upsertMany of thousands of rows uses a temporary table, several times in one transaction", async () => {
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

test("upsertMany of more rows than a batch of parameters uses one temporary table", async () => {
  const rows = Array.from({ length: 10_001 }, (_, id) => ({ id }));
  const { sent, onStatement } = recorder();
  expect(await upsertMany(database.sql, schema, "item", rows, { onStatement })).toBe(10_001);
  expect(sent.filter(({ text }) => text.startsWith("COPY"))).toHaveLength(1);
  expect(await plain("select count(*)::int from item")).toEqual([[10_001]]);
});

test("the statements of a staged upsert", () => {
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

test("a role that cannot create temporary tables can upsert thousands of rows", async () => {
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

test("upsertMany in a scope adds its value to new rows, and a row outside it rolls back all rows", async () => {
  const theirs = scope(schema, { item: { tenant_id: 2 } });
  const { sent, onStatement } = recorder();
  const own = [
    { id: 3, name: "t" },
    { id: 30, name: "u" },
  ];
  expect(await upsertMany(database.sql, theirs, "item", own, { onStatement })).toBe(2);
  expect(sent).toHaveLength(1);
  for (const size of [1, 2_500]) {
    const rows = Array.from({ length: size }, (_, index) => ({ id: 100 + index, name: "mine?" }));
    const error = await failure(
      upsertMany(database.sql, theirs, "item", [...rows, { id: 2, name: "stolen" }]),
    );
    expect(error).toBeInstanceOf(ScopeError);
    expect((error as ScopeError).message).toBe(
      `item, rows[${size}]: the key belongs to a row outside the snapshot's scope; nothing was written`,
    );
  }
  expect(await plain("select id, tenant_id, name from item order by id")).toEqual([
    [1, 1, "one"],
    [2, 1, "two"],
    [3, 2, "t"],
    [30, 2, "u"],
  ]);
});

test("two upsertMany of the same keys in opposite orders do not deadlock", async () => {
  const rows = Array.from({ length: 500 }, (_, id) => ({ id, name: "n" }));
  const runs = Array.from({ length: 20 }, (_, run) =>
    upsertMany(database.sql, schema, "item", run % 2 ? rows : rows.toReversed()),
  );
  expect(await Promise.all(runs)).toEqual(Array.from({ length: 20 }, () => 500));
});
