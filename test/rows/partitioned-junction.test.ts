// A junction table with partitions, which have its foreign keys too, is one junction table.
import { beforeAll, expect, test } from "bun:test";
import { generateModule } from "../../src/files/index.ts";
import { link, loadSchema, rowsWhere, type SchemaSnapshot, some } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, plain } = await testTables(
  `create table post (id int primary key); create table tag (id int primary key);
   create table post_tag (post_id int references post, tag_id int references tag, primary key (post_id, tag_id)) partition by list (post_id);
   create table post_tag_1 partition of post_tag for values in (1) partition by list (tag_id);
   create table post_tag_11 partition of post_tag_1 default;
   create schema parts; create table parts.post_tag_2 partition of post_tag for values in (2)`,
  "truncate post, tag, post_tag; insert into post values (1), (2); insert into tag values (1), (2)",
);
let schema: SchemaSnapshot;
beforeAll(async () => {
  schema = await loadSchema(sql, { schemas: ["public", "parts"] });
});

test("link, include and some find it", async () => {
  expect(await link(sql, schema, "post", 1, "tag", [1, 2])).toBe(2);
  expect(await link(sql, schema, "post", 2, "tag", [2])).toBe(1);
  expect(await plain("select tableoid::regclass::text, * from post_tag order by 2, 3")).toEqual([
    ["post_tag_11", 1, 1],
    ["post_tag_11", 1, 2],
    ["parts.post_tag_2", 2, 2],
  ]);
  expect(
    await rowsWhere(sql, schema, "post", { include: { tag: { orderBy: "id" } }, orderBy: "id" }),
  ).toEqual([
    { id: 1, tag: [{ id: 1 }, { id: 2 }] },
    { id: 2, tag: [{ id: 2 }] },
  ]);
  expect(await rowsWhere(sql, schema, "post", { where: some("tag", { id: 1 }) })).toEqual([{ id: 1 }]);
  expect(generateModule(schema)).toContain('tag: { table: "tag"; many: true };');
});

test("a partition can be named, and is found if the table is not in the snapshot", async () => {
  await link(sql, schema, "post", 1, "tag", [1]);
  const through = "post_tag_1";
  expect(await link(sql, schema, "post", 1, "tag", [2], { through })).toBe(1);
  expect(
    await rowsWhere(sql, schema, "post", { include: { tag: { through, count: true } }, orderBy: "id" }),
  ).toEqual([
    { id: 1, tag: 2 },
    { id: 2, tag: 0 },
  ]);
  const alone = {
    ...schema,
    relations: schema.relations.filter(({ name }) => name !== "post_tag" && !name.startsWith("post_tag_1")),
  };
  expect(await link(sql, alone, "post", 2, "tag", [1])).toBe(1);
  expect(await rowsWhere(sql, alone, "post", { include: { tag: true }, where: { id: 2 } })).toEqual([
    { id: 2, tag: [{ id: 1 }] },
  ]);
});

test("an unknown relation is reported with the relations, without partitions", async () => {
  const { message } = await failure(rowsWhere(sql, schema, "post", { include: { zzzzzz: true } } as never));
  expect(message).toBe('post has no relation "zzzzzz"; its relations are post_tag');
});
