// A write inside a scope cannot refer to a row outside.
import { describe, expect, test } from "bun:test";
import { importRows } from "../../src/files/index.ts";
import {
  expr,
  insert,
  insertMany,
  link,
  loadSchema,
  lookup,
  ScopeError,
  scope,
  unscoped,
  update,
  updateMany,
  updateWhere,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { claim } from "../../src/queues/index.ts";
import { copySql, insertSql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(
  `create table o1 (id int primary key, tenant int, unique (tenant, id));
   create table o2 (id int primary key, tenant int, o1_id int references o1, note text);
   create table o3 (id int primary key, o1_id bigint not null references o1);
   create table pair (id int primary key, tenant int, o1_id int, foreign key (tenant, o1_id) references o1 (tenant, id));
   create table free (id int primary key, t int, o1_id int, foreign key (t, o1_id) references o1 (tenant, id));
   create table node (id int primary key, tenant int not null, parent int references node);
   create table branch (id int, kind int default 1, tenant int, up_id int, up_kind int, primary key (id, kind),
     foreign key (up_id, up_kind) references branch);
   create table part (id int, tenant int, o1_id int references o1) partition by list (id);
   create table part_1 partition of part for values in (1);
   create table part_2 partition of part default;
   create view o2_view as select id, tenant, o1_id from o2;
   create view pair_view as select id, tenant, o1_id from pair;
   create table junction (o1_id int references o1, o2_id int references o2, primary key (o1_id, o2_id));
   create type spot as (a int, b text); create domain any_spot as spot;
   create table place (at spot primary key, tenant int not null);
   create table visit (id int primary key, at spot references place, home any_spot references place);
   create table ex (id int primary key, tenant int, r int4range, exclude using gist (r with &&), check (id > 0));`,
  `truncate o1, o2, o3, pair, free, node, branch, part, junction, ex, place, visit cascade;
   insert into place values ('(1,)', 1), ('(,)', 2);
   insert into visit values (1, '(1,)', null);
   insert into o1 values (1, 1), (2, 2);
   insert into o2 values (1, 1, 1), (2, 2, 2);
   insert into node values (1, 1, null), (2, 2, null);
   insert into ex values (1, 2, '[10,20)')`,
);
const { sql } = database;
const rule = { tenant: 1 };
const mine = scope(schema, {
  ...{
    o1: rule,
    o2: rule,
    pair: rule,
    node: rule,
    branch: rule,
    part: rule,
    o2_view: rule,
    pair_view: rule,
    ex: rule,
  },
});
const many = (count: number, o1_id: number): { id: number; o1_id: number }[] =>
  Array.from({ length: count }, (_, at) => ({ id: 10 + at, o1_id: at === count - 1 ? o1_id : 1 }));
const csv = (rows: readonly { id: number; o1_id: number }[]): string =>
  `id,o1_id\n${rows.map(({ id, o1_id }) => `${id},${o1_id}\n`).join("")}`;

type Write = (o1: number) => Promise<unknown>;

const WRITES: Readonly<Record<string, Write>> = {
  insert: o1_id => insert(sql, mine, "o2", { id: 9, o1_id }),
  "insert without its own rule": o1_id => insert(sql, mine, "o3", { id: 9, o1_id: String(o1_id) }),
  "insert with raw SQL": o1_id => insert(sql, mine, "o2", { id: 9, o1_id: expr`${o1_id}::int + 0` }),
  "insert into a partitioned table": o1_id => insert(sql, mine, "part", { id: 1, o1_id }),
  "insert into a partition": o1_id => insert(sql, mine, "part_2", { id: 2, o1_id }),
  "insert of a composite foreign key": o1_id => insert(sql, mine, "free", { id: 9, t: o1_id, o1_id }),
  insertMany: o1_id => insertMany(sql, mine, "o2", many(3, o1_id)),
  "insertMany, returning": o1_id => insertMany(sql, mine, "o2", many(3, o1_id), { returning: true }),
  "insertMany of rows for COPY": o1_id => insertMany(sql, mine, "o2", many(500, o1_id)),
  update: o1_id => update(sql, mine, "o2", { id: 1, o1_id }),
  "update with raw SQL": o1_id => update(sql, mine, "o2", { id: 1, o1_id: expr`id - 1 + ${o1_id}::int` }),
  updateMany: o1_id => updateMany(sql, mine, "o2", [{ id: 1, o1_id }]),
  updateWhere: o1_id => updateWhere(sql, mine, "o2", { o1_id }, { all: true }),
  claim: o1_id => claim(sql, mine, "o2", { set: { o1_id } }),
  "upsert of a new row": o1_id => upsert(sql, mine, "o2", { id: 9, o1_id }),
  "upsert of an existing row": o1_id => upsert(sql, mine, "o2", { id: 1, o1_id }),
  upsertMany: o1_id => upsertMany(sql, mine, "o2", many(3, o1_id)),
  "upsertMany, returning": o1_id => upsertMany(sql, mine, "o2", many(3, o1_id), { returning: true }),
  "upsertMany by a staging table": o1_id => upsertMany(sql, mine, "o2", many(2_500, o1_id)),
  lookup: o1_id => lookup(sql, mine, "o2", { id: 9, o1_id }),
  importRows: o1_id => importRows(sql, mine, "o2", csv(many(3, o1_id)), { format: "csv" }),
  "importRows of many rows": o1_id => importRows(sql, mine, "o2", csv(many(500, o1_id)), { format: "csv" }),
  "importRows with upsert": o1_id =>
    importRows(sql, mine, "o2", csv(many(500, o1_id)), { format: "csv", upsert: true }),
  link: o1_id => link(sql, mine, "o1", o1_id, "o2", [1]),
  "upsertMany of a junction table": o1_id => upsertMany(sql, mine, "junction", [{ o1_id, o2_id: 1 }]),
};

const referring = (o1: number): string =>
  `select id from o2 where tenant = 1 and o1_id = ${o1} union all select id from o3 where o1_id = ${o1}
  union all select id from part where o1_id = ${o1} union all select id from free where o1_id = ${o1}
  union all select o1_id from junction where o1_id = ${o1}`;

for (const [name, write] of Object.entries(WRITES)) {
  test(`${name}: a reference to another tenant's row is rejected, and nothing is written`, async () => {
    const error = await failure(write(2));
    const scopeError = error instanceof ScopeError ? error : error.cause;
    expect(scopeError).toBeInstanceOf(ScopeError);
    expect(error.message).toContain("does not exist in the snapshot's scope");
    expect(await plain(referring(2))).toEqual([]);
    expect(await plain("select id, o1_id from o2 order by id")).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  test(`${name}: a reference to a row inside the scope is stored`, async () => {
    await plain("update o2 set o1_id = null where id = 1");
    expect(await plain(referring(1))).toEqual([]);
    await write(1);
    expect(await plain(referring(1))).not.toEqual([]);
  });
}

test("the lookup is part of the statement", () => {
  expect(insertSql(mine, "o2", { id: 9, o1_id: 2, note: "x" }, { returning: false })).toEqual({
    text:
      `INSERT INTO "public"."o2" ("id", "o1_id", "note", "tenant") VALUES ($1::text::int4, ` +
      `(SELECT CASE WHEN "reference"."v1" IS NULL OR EXISTS (SELECT FROM "public"."o1" AS "target" WHERE "target"."id" = "reference"."v1" AND "target"."tenant" = $5::text::int4)` +
      ` OR (SELECT 'rowfn scope: o2.o1_id')::bool THEN "reference"."v1" END FROM (SELECT $2::text::int4) AS "reference" ("v1")), $3::text, $4::text::int4)`,
    params: ["9", "2", "x", "1", "1"],
    output: [],
  });
  const again = insertSql(mine, "o2", { id: 8, o1_id: 3, note: "y" }, { returning: false });
  expect(again.params).toEqual(["8", "3", "y", "1", "1"]);
  expect(insertSql(schema, "o2", { id: 9, o1_id: 2, note: "x" }, { returning: false }).text).toBe(
    `INSERT INTO "public"."o2" ("id", "o1_id", "note") VALUES ($1::text::int4, $2::text::int4, $3::text)`,
  );
});

test("a foreign key with the scope's column needs no lookup, and COPY inserts", async () => {
  expect(insertSql(mine, "pair", { id: 9, o1_id: 1 }, { returning: false }).text).toBe(
    `INSERT INTO "public"."pair" ("id", "o1_id", "tenant") VALUES ($1::text::int4, $2::text::int4, $3::text::int4)`,
  );
  const { sent, onStatement } = recorder();
  expect(await insertMany(sql, mine, "pair", many(500, 1), { onStatement })).toBe(500);
  expect(sent.map(({ text }) => text)).toEqual([copySql(mine, "pair", many(1, 1)).text]);
  expect((await failure(insert(sql, mine, "pair", { id: 1, o1_id: 2 }))).name).toBe("ConstraintError");
  expect(await insert(sql, mine, "pair_view", { id: 1, o1_id: 1 })).toEqual({ id: 1, tenant: 1, o1_id: 1 });
});

test("the builder of a COPY, which cannot look up a reference, is rejected", () => {
  expect(() => copySql(mine, "o2", many(1, 1))).toThrow(
    "COPY cannot check a foreign key against the snapshot's scope",
  );
  expect(copySql(mine, "o2", [{ id: 10, note: "a" }]).text).toBe(
    `COPY "public"."o2" ("id", "note", "tenant") FROM STDIN`,
  );
});

test("NULL, a default and raw SQL in a foreign key", async () => {
  const row = { id: 10, tenant: 1, note: null };
  expect(await insert(sql, mine, "o2", { id: 10, o1_id: null })).toEqual({ ...row, o1_id: null });
  await insert(sql, mine, "o2", { id: 11, o1_id: expr`default` });
  await insert(sql, mine, "o2", { id: 12, o1_id: expr`'1'` });
  await insert(sql, mine, "o2", { id: 13, o1_id: expr`null` });
  await update(sql, mine, "o2", { id: 1, o1_id: null });
  expect(await plain("select id, o1_id from o2 where tenant = 1 order by id")).toEqual([
    ...[1, 10, 11].map(id => [id, null]),
    [12, 1],
    [13, null],
  ]);
});

test("rows of one statement can refer to each other", async () => {
  await insert(sql, mine, "node", { id: 10, parent: 10 });
  await insertMany(sql, mine, "node", [
    { id: 11, parent: 12 },
    { id: 12, parent: 1 },
  ]);
  const chain = (start: number, count: number): { id: number; parent: number }[] =>
    Array.from({ length: count }, (_, at) => ({ id: start + at, parent: start + ((at + 1) % count) }));
  await insertMany(sql, mine, "node", chain(100, 300));
  await upsertMany(sql, mine, "node", chain(1_000, 3_000));
  await upsertMany(
    sql,
    mine,
    "node",
    [
      { id: 10, parent: 11 },
      { id: 20, parent: 20 },
    ],
    { returning: true },
  );
  expect(await plain("select count(*)::int from node where tenant = 1")).toEqual([[3_305]]);
});

test("rows of one statement that lack a column of the key can refer only to stored rows", async () => {
  await insertMany(sql, mine, "branch", [{ id: 1 }, { id: 2 }]);
  await insertMany(sql, mine, "branch", [
    { id: 3, up_id: 1, up_kind: 1 },
    { id: 4, up_id: 2, up_kind: 1 },
  ]);
  const own = insertMany(sql, mine, "branch", [{ id: 5, up_id: 5, up_kind: 1 }]);
  expect(await failure(own)).toBeInstanceOf(ScopeError);
  expect(await plain("select id, kind, up_id from branch order by id")).toEqual([
    [1, 1, null],
    [2, 1, null],
    [3, 1, 1],
    [4, 1, 2],
  ]);
});

test("a row of the same statement that exists outside the scope cannot be referenced", async () => {
  const rows = [
    { id: 2, parent: null },
    { id: 11, parent: 2 },
  ];
  for (const attempt of [
    () => upsertMany(sql, mine, "node", rows, { update: "nothing" }),
    () => upsertMany(sql, mine, "node", rows),
    () => insertMany(sql, mine, "node", [rows[1]!]),
    () => insert(sql, mine, "node", { id: 11, parent: 2 }),
    () => upsert(sql, mine, "node", { id: 2, parent: 2 }),
  ])
    expect(await failure(attempt())).toBeInstanceOf(ScopeError);
  expect(await plain("select id, parent from node order by id")).toEqual([
    [1, null],
    [2, null],
  ]);
});

test("a write through a view over a table with such a foreign key is rejected with the reason", async () => {
  for (const attempt of [
    async () => insert(sql, mine, "o2_view", { id: 9, o1_id: 1 }),
    async () => updateWhere(sql, mine, "o2_view", { o1_id: 1 }, { all: true }),
  ])
    expect((await failure(attempt())).message).toBe(
      "o2_view: a write through the view cannot check the foreign keys of o2 against the snapshot's scope; write to o2",
    );
  expect(await insert(sql, unscoped(mine), "o2_view", { id: 9, tenant: 1, o1_id: 1 })).toBeDefined();
});

test("no error contains values of another tenant's row", async () => {
  for (const attempt of [
    () => insert(sql, mine, "ex", { id: 2, r: "[15,16)" }),
    () => insertMany(sql, mine, "ex", [{ id: 2, r: "[15,16)" }]),
    () =>
      insertMany(
        sql,
        mine,
        "ex",
        Array.from({ length: 200 }, (_, at) => ({ id: 2 + at, r: `[${at},${at + 1})` })),
      ),
    () => upsert(sql, mine, "ex", { id: 2, r: "[15,16)" }),
  ]) {
    const error = await failure(attempt());
    expect(error.name).toBe("ConstraintError");
    const shown =
      Bun.inspect(error, { depth: 9 }) +
      JSON.stringify(error.cause) +
      String((error.cause as { detail: unknown }).detail);
    expect(shown).not.toContain("[10,20)");
  }
  const open = await failure(insert(sql, schema, "ex", { id: 2, r: "[15,16)" }));
  expect((open.cause as { detail: string }).detail).toContain("[10,20)");
});

describe("a composite value of NULLs refers to a row, and only NULL refers to none", () => {
  const own = scope(schema, { place: rule });
  const empty = { a: null, b: null };
  test.each<[string, () => Promise<unknown>]>([
    ["insert", () => insert(sql, own, "visit", { id: 9, at: empty })],
    ["insertMany", () => insertMany(sql, own, "visit", [{ id: 9, at: empty }])],
    ["upsert", () => upsert(sql, own, "visit", { id: 1, at: empty })],
    ["update", () => update(sql, own, "visit", { id: 1, at: empty })],
    ["update of a domain", () => update(sql, own, "visit", { id: 1, home: empty })],
    ["updateMany", () => updateMany(sql, own, "visit", [{ id: 1, at: empty }])],
  ])("%s", async (_, write) => {
    expect(await failure(write())).toBeInstanceOf(ScopeError);
    expect(await plain("select id, at::text, home::text from visit")).toEqual([[1, "(1,)", null]]);
    await update(sql, own, "visit", { id: 1, at: null });
    expect(await plain("select id, at::text from visit")).toEqual([[1, null]]);
  });
});

test("a reloaded snapshot guards new foreign keys", async () => {
  const again = scope(await loadSchema(sql), { o1: rule });
  expect(await failure(insert(sql, again, "o3", { id: 9, o1_id: "2" }))).toBeInstanceOf(ScopeError);
});
