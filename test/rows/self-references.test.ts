// Rows of one call that refer to each other and have different columns, which no single statement can write.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { ConstraintError, insertMany, loadSchema, nest, scope, upsertMany } from "../../src/index.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const { schema, sql, plain } = await testTables(
  `create table post (id int primary key);
   create table node (
     id int primary key, post_id int references post, parent int references node, code numeric unique, like_code numeric references node (code),
     note text default 'n'
   );
   create table shared (tenant_id int, id int, parent int, note text, primary key (tenant_id, id),
     foreign key (tenant_id, parent) references shared (tenant_id, id));
   create table late (id int primary key, parent int references late deferrable initially deferred, note text);`,
  "truncate post, node, shared, late",
);

const TREE = [
  { id: 1 },
  { id: 2, parent: 1 },
  { id: 3, parent: 1, note: "c" },
  { id: 4, parent: 3 },
  { id: 5, parent: 4, note: "e" },
  { id: 6 },
];
const STORED = [
  [1, null, "n"],
  [2, 1, "n"],
  [3, 1, "c"],
  [4, 3, "n"],
  [5, 4, "e"],
  [6, null, "n"],
];

test("insertMany inserts each row after the earlier row to which it refers", async () => {
  const { sent, onStatement } = recorder();
  await insertMany(sql, schema, "node", TREE, { onStatement });
  expect(await plain("select id, parent, note from node order by id")).toEqual(STORED);
  expect(sent.map(({ params }) => params)).toEqual([
    ["{1,6}"],
    ["{2}", "{1}"],
    ["{3}", "{1}", '{"c"}'],
    ["{4}", "{3}"],
    ["{5}", "{4}", '{"e"}'],
  ]);
});

test("upsertMany writes each row after the earlier row to which it refers, and rows with equal keys in input order", async () => {
  await upsertMany(sql, schema, "node", [...TREE, { id: 2, parent: 5 }, { id: 1, note: "last" }]);
  expect(await plain("select id, parent, note from node order by id")).toEqual(
    STORED.with(0, [1, null, "last"]).with(1, [2, 5, "n"]),
  );
});

test("a reference in other letters than the key, which only PostgreSQL finds equal, comes after its row", async () => {
  await sql.unsafe(`create extension if not exists citext; drop table if exists folder, word;
    create table folder (name citext primary key, parent citext references folder, note text);
    create collation if not exists ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    create table word (name text collate ci primary key, parent text collate ci references word, note text)`);
  const own = await loadSchema(sql);
  const rows = [
    { name: "root", parent: null },
    { name: "Docs", parent: "root", note: "d" },
    { name: "Notes", parent: "DOCS" },
    { name: "Old", parent: "notes", note: "o" },
  ];
  for (const table of ["folder", "word"])
    for (const write of [insertMany, upsertMany] as readonly (typeof upsertMany)[]) {
      await sql.unsafe(`truncate ${table}`);
      await write(sql, own, table, rows);
      expect(await plain(`select name::text, parent::text from ${table} order by name`)).toEqual([
        ["Docs", "root"],
        ["Notes", "DOCS"],
        ["Old", "notes"],
        ["root", null],
      ]);
    }
});

test("rows are returned in input order", async () => {
  for (const write of [insertMany, upsertMany] as readonly (typeof upsertMany)[]) {
    await sql.unsafe("truncate node");
    expect(await write(sql, schema, "node", TREE, { returning: ["id"] })).toEqual(
      TREE.map(({ id }) => ({ id })),
    );
  }
});

test("keys that are equal for PostgreSQL are one key", async () => {
  const rows = [
    { id: 1, code: "1", note: "a" },
    { id: 2, code: "1.50" },
    { id: 3, code: "2", like_code: "1.5", note: "b" },
    { id: 4, code: "3", note: "b" },
    { id: 5, like_code: "2.0" },
    { id: 6, code: "4.0", note: "c", parent: 1 },
    { id: 7, like_code: "4" },
  ];
  expect(await insertMany(sql, schema, "node", rows)).toBe(7);
});

test("nested rows are inserted after the earlier row to which they refer", async () => {
  const include = nest({ node: {} });
  expect(await insertMany(sql, schema, "post", [{ id: 1, node: TREE }], { include: include as never })).toBe(
    1,
  );
  expect(await plain("select id, parent, note from node order by id")).toEqual(STORED);
});

test("a foreign key of several columns may contain a column of the scope", async () => {
  const tenant = scope(schema, { shared: { tenant_id: 7 } });
  await insertMany(sql, tenant, "shared", TREE);
  expect(await plain("select tenant_id, count(*)::int from shared group by 1")).toEqual([[7, 6]]);
});

test("a deferred foreign key needs no further statements", async () => {
  const { sent, onStatement } = recorder();
  await insertMany(sql, schema, "late", TREE, { onStatement });
  expect(sent).toHaveLength(3);
});

test("a row that refers to a later row is still an error", async () => {
  const rows = [{ id: 1, parent: 2 }, { id: 2 }];
  const error = await insertMany(sql, schema, "node", rows).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConstraintError);
});

test("insertMany and upsertMany store all trees that single inserts store", async () => {
  const node = fc.record({
    parent: fc.nat(),
    hasNote: fc.boolean(),
    hasCode: fc.boolean(),
    isRoot: fc.boolean(),
  });
  const rowsOf = (
    nodes: readonly { parent: number; hasNote: boolean; hasCode: boolean; isRoot: boolean }[],
  ) =>
    nodes.map(({ parent, hasNote, hasCode, isRoot }, id) => ({
      id,
      ...(!isRoot && id > 0 && { parent: parent % id }),
      ...(hasNote && { note: `note ${id}` }),
      ...(hasCode && { code: String(id) }),
    }));
  await fc.assert(
    fc.asyncProperty(fc.array(node, { maxLength: 25 }), fc.boolean(), async (nodes, isUpsert) => {
      await sql.unsafe("truncate node");
      const rows = rowsOf(nodes);
      const call = isUpsert ? upsertMany(sql, schema, "node", rows) : insertMany(sql, schema, "node", rows);
      expect(await call).toBe(rows.length);
    }),
    { numRuns: 40, seed: 20261201 },
  );
});
