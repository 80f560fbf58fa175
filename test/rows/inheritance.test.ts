// Tables that inherit from a table do not share its keys: a child can have a row with the same key, inside or outside a
// scope.
import { expect, test } from "bun:test";
import {
  deleteMany,
  deleteRow,
  desc,
  expr,
  get,
  getMany,
  insert,
  insertMany,
  lookup,
  NotUniqueError,
  type Page,
  page,
  rowsWhere,
  ScopeError,
  scope,
  some,
  update,
  updateMany,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { claim, claimOne } from "../../src/queues/index.ts";
import { pageSql, upsertSql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table asset (id int primary key, tenant int, name text, version int not null default 0,
     status text not null default 'pending', at timestamptz);
   create table video () inherits (asset);
   create unique index asset_at on asset (at);
   create table station (id int primary key); create table harbor (primary key (id)) inherits (station);
   create table note (id int primary key, tenant int, asset_id int references asset);
   create function quiet() returns trigger language plpgsql as 'begin return null; end';
   create table kept (id int primary key, tenant int, name text);
   create trigger quiet before insert on kept for each row when (new.name = 'no') execute function quiet();`,
  `truncate asset, note, kept;
   insert into asset values (1, 2, 'theirs'), (3, 1, 'parent');
   insert into video values (1, 1, 'mine'), (3, 1, 'child'), (4, 1, 'only child');
   insert into kept values (2, 2, 'theirs')`,
);
const mine = scope(schema, { asset: { tenant: 1 }, note: { tenant: 1 }, kept: { tenant: 1 } });
const stored = () => plain("select tableoid::regclass::text, id, tenant, name from asset order by 1, 2");
const START = [
  ["asset", 1, 2, "theirs"],
  ["asset", 3, 1, "parent"],
  ["video", 1, 1, "mine"],
  ["video", 3, 1, "child"],
  ["video", 4, 1, "only child"],
];
const OUTSIDE = "the key belongs to a row outside the snapshot's scope; nothing was written";
const SEVERAL = "tables that inherit from the table have rows with the same key; nothing was written";

const UPDATES = [
  {},
  { update: "changed" },
  { where: expr`true` },
  { update: { name: expr`'x'` } },
  { update: "replace" },
  { update: ["name"] },
] as const;

test("an upsert that writes nothing does not treat a child's row as its own", async () => {
  const row = { id: 1, name: "new" };
  for (const options of UPDATES) {
    for (const returning of [true, false]) {
      const error = new ScopeError(`asset: ${OUTSIDE}`);
      expect(await failure(upsert(sql, mine, "asset", row, { ...options, returning }))).toEqual(error);
      const many = upsertMany(sql, mine, "asset", [{ id: 9, name: "nine" }, row], { ...options, returning });
      expect(await failure(many)).toEqual(new ScopeError(`asset, rows[1]: ${OUTSIDE}`));
    }
    const inserted = upsert(sql, mine, "asset", row, { ...options, inserted: true });
    expect(await failure(inserted)).toBeInstanceOf(ScopeError);
  }
  expect(await stored()).toEqual(START);
});

test("an upsert inserts a row whose key only a child has, and finds its own row next to a child's", async () => {
  expect(await upsert(sql, mine, "asset", { id: 4, name: "own" })).toMatchObject({ id: 4, name: "own" });
  const same = { id: 3, name: "parent" };
  expect(await upsert(sql, schema, "asset", same, { update: "changed" })).toMatchObject({ name: "parent" });
  expect(await upsert(sql, mine, "asset", same, { update: "changed" })).toMatchObject({ name: "parent" });
  const where = { name: "none" };
  expect(await upsertMany(sql, mine, "asset", [same], { where, returning: ["name"] })).toEqual([
    { name: "parent" },
  ]);
  expect(await stored()).toEqual([
    ["asset", 1, 2, "theirs"],
    ["asset", 3, 1, "parent"],
    ["asset", 4, 1, "own"],
    ...START.slice(2),
  ]);
});

test("a Date in the conflict target matches a row of the table itself", async () => {
  await plain(
    "update asset set at = '2024-01-01 00:00:00.000123Z' where tableoid = 'asset'::regclass and id = 3",
  );
  await plain("update video set at = '2024-01-01 00:00:00.000456Z' where id = 3");
  const row = { id: 3, at: new Date("2024-01-01T00:00:00Z"), name: "dated" };
  expect(upsertSql(schema, "asset", row, { key: ["at"], returning: false }).text).toContain(
    `(SELECT "same"."at" FROM ONLY "public"."asset" AS "same" WHERE `,
  );
  expect(await upsert(sql, schema, "asset", row, { key: ["at"] })).toMatchObject({ id: 3, name: "dated" });
  expect(await upsertMany(sql, schema, "asset", [row], { key: ["at"] })).toBe(1);
  expect(await plain("select name from video where id = 3")).toEqual([["child"]]);
});

test("lookup finds and creates rows of the table itself", async () => {
  expect(await lookup(sql, schema, "asset", { id: 3, name: "x" })).toMatchObject({ name: "parent" });
  expect(await lookup(sql, mine, "asset", { id: 4, name: "own" })).toMatchObject({ name: "own" });
  expect(await failure(lookup(sql, mine, "asset", { id: 1 }))).toEqual(new ScopeError(`asset: ${OUTSIDE}`));
});

test("a key that several rows have is rejected by every function for one row, and nothing is written", async () => {
  const calls = [
    () => get(sql, schema, "asset", 3),
    () => getMany(sql, schema, "asset", [4, 3]),
    () => update(sql, schema, "asset", { id: 3, name: "x" }),
    () => update(sql, schema, "asset", { id: 3 }),
    () => update(sql, schema, "asset", { id: 3, name: "x", version: 0 }, { version: "version" }),
    () =>
      updateMany(sql, schema, "asset", [
        { id: 4, name: "y" },
        { id: 3, name: "x" },
      ]),
    () => deleteRow(sql, schema, "asset", 3),
    () => deleteMany(sql, schema, "asset", [4, 3]),
  ];
  for (const call of calls) {
    const error = await failure(call());
    expect(error).toBeInstanceOf(NotUniqueError);
    expect(error.message).toContain(SEVERAL);
  }
  expect(await stored()).toEqual(START);
});

test("a key that one row in the scope has identifies this row, even in a child", async () => {
  expect(await get(sql, mine, "asset", 1)).toMatchObject({ name: "mine" });
  expect(await getMany(sql, mine, "asset", [4, 1])).toMatchObject([{ name: "only child" }, { name: "mine" }]);
  expect(await update(sql, mine, "asset", { id: 1, name: "new" })).toMatchObject({ name: "new" });
  const versioned = { id: 1, name: "newer", version: 0 };
  expect(await update(sql, mine, "asset", versioned, { version: "version" })).toMatchObject({ version: 1 });
  expect(await updateMany(sql, mine, "asset", [{ id: 4, name: "y" }])).toMatchObject({ updated: 1 });
  expect(await deleteRow(sql, mine, "asset", 1)).toMatchObject({ name: "newer" });
  expect(await deleteMany(sql, mine, "asset", [1, 4])).toBe(1);
  expect(await plain("select name from only asset union all select name from video order by 1")).toEqual([
    ["child"],
    ["parent"],
    ["theirs"],
  ]);
});

test("a key that one row in the scope has identifies this row in every call, also with a cached SQL text", async () => {
  for (const id of [1, 4, 3]) {
    if (id === 3) await plain("delete from only asset where id = 3");
    expect(await get(sql, mine, "asset", id, { select: ["id", "tenant"] })).toEqual({ id, tenant: 1 });
    const changes = { id, name: `name of ${id}` };
    expect(await update(sql, mine, "asset", changes, { returning: ["name"] })).toEqual({
      name: changes.name,
    });
    expect(await rowsWhere(sql, mine, "asset", { where: { id }, select: ["name"] })).toEqual([
      { name: changes.name },
    ]);
    expect(await deleteRow(sql, mine, "asset", id, { returning: ["id"] })).toEqual({ id });
  }
  expect(await stored()).toEqual([["asset", 1, 2, "theirs"]]);
});

test("pages contain every row once, even if rows of children have the same key", async () => {
  await plain("insert into video values (3, 1, 'second child')");
  const orders = ["id", "name", desc("tenant")] as const;
  for (const orderBy of orders) {
    for (const limit of [1, 2, 3]) {
      const names: unknown[] = [];
      const back: unknown[] = [];
      let after: string | null = null;
      let last: string | null = null;
      do {
        const found: Page<{ name: unknown }> = await page(sql, schema, "asset", {
          ...{ orderBy, limit, after, select: ["name"] },
        });
        names.push(...found.rows.map(({ name }) => name));
        [after, last] = [found.next, found.previous];
      } while (after !== null);
      for (let before = last; before !== null; ) {
        const found: Page<{ name: unknown }> = await page(sql, schema, "asset", {
          ...{ orderBy, limit, before, select: ["name"] },
        });
        back.unshift(...found.rows.map(({ name }) => name));
        before = found.previous;
      }
      expect(names.toSorted()).toEqual(["child", "mine", "only child", "parent", "second child", "theirs"]);
      expect(back).toEqual(names.slice(0, -limit));
    }
  }
});

test("a page of a table whose children have the same key columns is ordered by the key and the table", () => {
  expect(pageSql(schema, "station", { limit: 2 }).text).toBe(
    'SELECT "station"."id", "station"."tableoid"::text AS "position2" FROM "public"."station" ORDER BY "station"."id", "station"."tableoid" LIMIT 3',
  );
});

test("a foreign key does not refer to rows of a child, in relations and in the guard of a scope", async () => {
  await plain("insert into note values (1, 1, 3), (2, 2, 1)");
  const include = { asset: { select: ["name"] } } as const;
  expect(await rowsWhere(sql, schema, "note", { include, select: ["id"], orderBy: "asset.name" })).toEqual([
    { id: 1, asset: { name: "parent" } },
    { id: 2, asset: { name: "theirs" } },
  ]);
  const where = some("asset", { name: "child" });
  expect(await rowsWhere(sql, schema, "note", { where })).toEqual([]);
  const reference = { asset_id: 1 };
  expect(await failure(insert(sql, mine, "note", { id: 3, ...reference }))).toBeInstanceOf(ScopeError);
  expect(await failure(insertMany(sql, mine, "note", [{ id: 3, ...reference }]))).toBeInstanceOf(ScopeError);
  expect(await failure(update(sql, mine, "note", { id: 1, ...reference }))).toBeInstanceOf(ScopeError);
  expect(await failure(upsert(sql, mine, "note", { id: 1, ...reference }))).toBeInstanceOf(ScopeError);
  expect(await plain("select id, asset_id from note order by id")).toEqual([
    [1, 3],
    [2, 1],
  ]);
});

test("a job is finished in its own table", async () => {
  await claimOne(sql, schema, "asset", () => {}, { where: { name: "parent" } });
  expect(await plain("select name, status from asset where status <> 'pending'")).toEqual([
    ["parent", "done"],
  ]);
  await claimOne(sql, mine, "asset", () => {}, { where: { name: "child" } });
  expect(await plain("select name from asset where status = 'done' order by 1")).toEqual([
    ["child"],
    ["parent"],
  ]);
  await claim(sql, mine, "asset", { where: { name: "mine" }, set: { status: "claimed" } });
  expect(await plain("select name from asset where status = 'claimed'")).toEqual([["mine"]]);
});

test("a row that a trigger suppresses is not mistaken for a row outside the scope", async () => {
  const row = { id: 1, name: "no" };
  for (const options of UPDATES) {
    expect(await upsert(sql, mine, "kept", row, options)).toBeUndefined();
    expect(await upsert(sql, mine, "kept", row, { ...options, returning: false })).toBeUndefined();
    expect(await upsertMany(sql, mine, "kept", [row], options)).toBe(0);
    expect(await upsertMany(sql, mine, "kept", [row], { ...options, returning: true })).toEqual([]);
    expect(await failure(upsert(sql, mine, "kept", { id: 2, name: "x" }, options))).toBeInstanceOf(
      ScopeError,
    );
  }
  expect(await plain("select * from kept")).toEqual([[2, 2, "theirs"]]);
});
