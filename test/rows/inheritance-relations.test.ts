// A foreign key refers to rows of the table itself: a row of a table that inherits from it has no related rows by its key.
import { expect, test } from "bun:test";
import {
  count,
  every,
  get,
  getMany,
  type Include,
  type IncludeOptions,
  none,
  page,
  rowLoader,
  rowsWhere,
  scope,
  selectOne,
  some,
  updateWhere,
} from "../../src/index.ts";
import { formerRowSql } from "../../src/queues/former-row.ts";
import { rowsWhereSql } from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table asset (id int primary key, tenant int, name text);
   create table video () inherits (asset);
   create table note (id int primary key, asset_id int references asset, body text);
   create table remark () inherits (note);
   create table answer (id int primary key, note_id int references note);
   create table tag (id int primary key, label text);
   create table tagging (asset_id int references asset, tag_id int references tag, primary key (asset_id, tag_id));
   create table leaf (id int primary key);
   create table bud (leaf_id int references leaf);`,
  `truncate asset, note, answer, tag, tagging;
   insert into asset values (1, 1, 'own'), (2, 1, 'own, alone');
   insert into video values (1, 1, 'child'), (3, 2, 'only child');
   insert into note values (10, 1, 'of own'), (11, 2, 'of the second');
   insert into remark values (10, 1, 'remark');
   insert into answer values (20, 10);
   insert into tag values (7, 'red');
   insert into tagging values (1, 7), (2, 7);`,
);
const BY_NAME = { orderBy: "name", select: ["name"] } as const;
const NOTES = { note: { select: ["body"], orderBy: "body" } } as const;
const WITH_NOTES = [
  { name: "child", note: [] },
  { name: "only child", note: [] },
  { name: "own", note: [{ body: "of own" }, { body: "remark" }] },
  { name: "own, alone", note: [{ body: "of the second" }] },
];
const names = (rows: readonly object[]) => rows.map(row => (row as { name: string }).name);

test("PostgreSQL accepts no reference to a row that only a child has", async () => {
  const failed = await plain("insert into note values (12, 3, null)").catch(error => error.errno);
  expect(failed).toBe("23503");
});

test("included rows belong to the row of the table itself", async () => {
  expect(await rowsWhere(sql, schema, "asset", { ...BY_NAME, include: NOTES })).toEqual(WITH_NOTES);
  expect(await rowsWhere(sql, schema, "asset", { orderBy: "name", include: NOTES })).toEqual([
    { id: 1, tenant: 1, ...WITH_NOTES[0]! },
    { id: 3, tenant: 2, ...WITH_NOTES[1]! },
    { id: 1, tenant: 1, ...WITH_NOTES[2]! },
    { id: 2, tenant: 1, ...WITH_NOTES[3]! },
  ]);
});

test("included rows belong to the row of the table itself with every option", async () => {
  const cases: [IncludeOptions, own: unknown, alone: unknown, child: unknown][] = [
    [{ count: true }, 2, 1, 0],
    [{ aggregates: { last: { max: "id" } } }, { last: 10 }, { last: 11 }, { last: null }],
    [{ limit: 1, orderBy: "body", select: ["body"] }, [{ body: "of own" }], [{ body: "of the second" }], []],
    [{ where: { body: "remark" }, select: ["body"] }, [{ body: "remark" }], [], []],
  ];
  for (const [note, own, alone, child] of cases)
    expect(await rowsWhere(sql, schema, "asset", { ...BY_NAME, include: { note } as Include })).toEqual([
      { name: "child", note: child },
      { name: "only child", note: child },
      { name: "own", note: own },
      { name: "own, alone", note: alone },
    ] as never);
});

test("rows through a junction table belong to the row of the table itself", async () => {
  const include = { tag: { select: ["label"] } } as const;
  const tag = [{ label: "red" }];
  expect(await rowsWhere(sql, schema, "asset", { ...BY_NAME, include })).toEqual([
    { name: "child", tag: [] },
    { name: "only child", tag: [] },
    { name: "own", tag },
    { name: "own, alone", tag },
  ]);
  expect(names(await rowsWhere(sql, schema, "asset", { ...BY_NAME, where: some("tag") }))).toEqual([
    "own",
    "own, alone",
  ]);
});

test("included rows of included rows belong to the row of the table itself", async () => {
  const note = { select: ["body"], orderBy: "body", include: { answer: true } } as const;
  const options = { select: ["name"], where: { id: 1 }, orderBy: "name", include: { note } } as const;
  expect(await rowsWhere(sql, schema, "asset", options)).toEqual([
    { name: "child", note: [] },
    {
      name: "own",
      note: [
        { body: "of own", answer: [{ id: 20, note_id: 10 }] },
        { body: "remark", answer: [] },
      ],
    },
  ]);
});

test("every function that reads rows relates the rows of the table itself", async () => {
  const include = NOTES;
  const select = ["name"] as const;
  const alone = { name: "own, alone", note: [{ body: "of the second" }] };
  const onlyChild = { name: "only child", note: [] };
  expect(await get(sql, schema, "asset", 3, { select, include })).toEqual(onlyChild);
  expect(await get(sql, schema, "asset", 2, { select, include, lock: "update" })).toEqual(alone);
  expect(await get(sql, schema, "asset", 3, { select, include, lock: "update" })).toEqual(onlyChild);
  const many = await getMany(sql, schema, "asset", [3, 2], { select, include });
  expect(many).toEqual([onlyChild, alone]);
  expect(await rowLoader(sql, schema, "asset", { select, include })(3)).toEqual(onlyChild);
  expect(await selectOne(sql, schema, "asset", { where: { id: 3 }, select, include })).toEqual(onlyChild);
  const locked = await rowsWhere(sql, schema, "asset", { ...BY_NAME, include, lock: "share" });
  expect(locked).toEqual(WITH_NOTES);
  const paged = await page(sql, schema, "asset", { ...BY_NAME, include, limit: 3 });
  expect(paged.rows).toEqual(WITH_NOTES.slice(0, 3));
  const rest = await page(sql, schema, "asset", { ...BY_NAME, include, limit: 3, after: paged.next });
  expect(rest.rows).toEqual(WITH_NOTES.slice(3));
});

test("a filter of related rows holds for the row of the table itself", async () => {
  const read = async (where: ReturnType<typeof some>) =>
    names(await rowsWhere(sql, schema, "asset", { where, orderBy: "name" }));
  expect(await read(some("note"))).toEqual(["own", "own, alone"]);
  expect(await read(some("note", { body: "of own" }))).toEqual(["own"]);
  expect(await read(none("note"))).toEqual(["child", "only child"]);
  expect(await read(every("note", { body: "remark" }))).toEqual(["child", "only child"]);
  expect(await count(sql, schema, "asset", { where: some("note") })).toBe(2);
  const inTenant = scope(schema, { asset: { tenant: 1 } });
  expect(names(await rowsWhere(sql, inTenant, "asset", { where: none("note") }))).toEqual(["child"]);
  await updateWhere(sql, schema, "asset", { name: "noted" }, { where: some("note") });
  expect(await plain("select name from asset order by name")).toEqual([
    ["child"],
    ["noted"],
    ["noted"],
    ["only child"],
  ]);
});

test("a filter of related rows of related rows holds for the row of the table itself", async () => {
  const where = some("note", some("answer"));
  expect(names(await rowsWhere(sql, schema, "asset", { where }))).toEqual(["own"]);
  await plain("update only note set asset_id = 2 where id = 10");
  expect(names(await rowsWhere(sql, schema, "asset", { where }))).toEqual(["own, alone"]);
});

test("a relation by `on` is not a foreign key, and relates rows of children too", async () => {
  const include = { note: { on: { id: "asset_id" }, count: true } } as const;
  expect(await rowsWhere(sql, schema, "asset", { ...BY_NAME, include })).toEqual([
    { name: "child", note: 2 },
    { name: "only child", note: 0 },
    { name: "own", note: 2 },
    { name: "own, alone", note: 1 },
  ]);
});

test("the former row of a watched change is a row of the table itself", async () => {
  const read = async (id: number) => {
    const { text, params } = formerRowSql(schema, "asset", `{"id":${id},"name":"x"}`, some("note"));
    return [...(await sql.unsafe(text, [...params]).values())];
  };
  expect(await read(1)).toEqual([[1, null, "x"]]);
  expect(await read(3)).toEqual([]);
});

test("the SQL names the table of the row only for a table with children", () => {
  const where = some("note", { body: "x" });
  expect(rowsWhereSql(schema, "asset", { select: ["id"], where }).text).toBe(
    `SELECT "id" FROM "public"."asset" WHERE EXISTS (SELECT FROM "public"."note" WHERE "asset".tableoid = '"public"."asset"'::regclass AND "note"."asset_id" = "asset"."id" AND "note"."body" = $1::text)`,
  );
  expect(rowsWhereSql(schema, "leaf", { where: some("bud") }).text).toBe(
    'SELECT "id" FROM "public"."leaf" WHERE EXISTS (SELECT FROM "public"."bud" WHERE "bud"."leaf_id" = "leaf"."id")',
  );
});
