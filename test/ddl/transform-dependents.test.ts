// The effects of a table change on values without equality, and on keys, indexes and checks of a dropped column.
import { beforeEach, describe, expect, test } from "bun:test";
import { type TableChanges, transformTable, transformTableSql } from "../../src/ddl/index.ts";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { freshTables } from "../support/fresh-tables.ts";

const { renew, plain } = freshTables(`
  drop schema if exists public cascade; create schema public;
  create table doc (id int primary key, j json, x xml, p point, js json[], b box, c circle, ps point[]);
  insert into doc values (1, '{"a":  1}', '<a/>', '(1.5,2)', array['{"b":  2}']::json[], '(2,2),(1,1)', '<(1,2),3>', '{"(1,2)"}'), (2, null, null, null, null, null, null, null),
    (3, '12345', 'hello', '(1,2)', array['1']::json[], null, null, null);
  create table part (id int primary key, a int, b int, c int, d int, unique (a, b), unique (c, d),
    e int unique, f int check (f > 0), g int, h int, i int, constraint sum check (h + i > 0));
  create index part_g on part (g); create index part_both on part (g, h);
  create table child (a int, b int, foreign key (a, b) references part (a, b));
  insert into part values (1, 1, 1, 1, 1, 1, 1, 1, 1, 1); insert into child values (1, 1);`);

let database: TestDatabase;
let schema: SchemaSnapshot;
beforeEach(async () => {
  ({ database, schema } = await renew());
});

describe("a column whose type has no equality is retyped", () => {
  const REJECTED: [string, TableChanges, string][] = [
    ["json", { retype: { j: "jsonb" } }, "doc.j: 1 row has a value that jsonb cannot hold"],
    ["json to a shorter text", { retype: { j: "varchar(8)" } }, "doc.j: some values cannot be converted"],
    ...["p", "b", "ps"].map((name): [string, TableChanges, string] => [
      `${name} to a shorter text`,
      { retype: { [name]: "varchar(5)" } },
      `doc.${name}: some values cannot`,
    ]),
    ["box to point", { retype: { b: "point" } }, "doc.b: some values cannot be converted"],
    ["circle to point", { retype: { c: "point" } }, "doc.c: some values cannot be converted"],
    ["xml", { retype: { x: "varchar(4)" } }, "doc.x: 1 row has a value that"],
    ["json[]", { retype: { js: "jsonb[]" } }, "doc.js: 1 row has a value that"],
  ];
  test.each(REJECTED)(
    "%s: values that would change are rejected with their count",
    async (_name, changes, message) => {
      await expect(transformTable(database.sql, schema, "doc", changes)).rejects.toThrow(message);
      expect(await loadSchema(database.sql)).toEqual(schema);
    },
  );

  test.each([
    ["json", "j", "text", '{"a":  1}'],
    ["xml", "x", "text", "<a/>"],
    ["point", "p", "text", "(1.5,2)"],
    ["json[]", "js", "text[]", '{"{\\"b\\":  2}"}'],
  ])("%s: values that do not change are accepted", async (_name, column, type, value) => {
    await transformTable(database.sql, schema, "doc", { retype: { [column]: type } });
    expect(await plain(`select ${column}::text from doc order by id limit 2`)).toEqual([[value], [null]]);
  });
});

describe("a key of a table that another table refers to", () => {
  test("is dropped if it is not the referenced key", async () => {
    const after = await transformTable(database.sql, schema, "part", { dropConstraints: ["part_c_d_key"] });
    expect(after).toEqual(await loadSchema(database.sql));
  });

  test("is kept if it is the referenced key", async () => {
    expect(() => transformTableSql(schema, "part", { dropConstraints: ["part_a_b_key"] })).toThrow(
      "part: foreign key child_a_b_fkey of child depends on key part_a_b_key",
    );
  });
});

describe("a dropped column", () => {
  test.each([
    ["a unique key", "e", ["1"]],
    ["a check", "f", ["1"]],
  ])("drops %s on this column only", async (_name, column) => {
    const after = await transformTable(database.sql, schema, "part", { drop: [column] }, { allowLoss: true });
    expect(after).toEqual(await loadSchema(database.sql));
  });

  test("drops an index on this column only", async () => {
    await database.sql`drop index part_both`;
    const before = await loadSchema(database.sql);
    const after = await transformTable(database.sql, before, "part", { drop: ["g"] }, { allowLoss: true });
    expect(after).toEqual(await loadSchema(database.sql));
  });

  test.each([
    ["a unique key", "c", "unique constraint part_c_d_key depends on c"],
    ["an index", "g", "index part_both depends on g"],
    ["a check", "i", "check sum depends on i"],
  ])("is rejected if it is part of %s on several columns", async (_name, column, message) => {
    const drop = { drop: [column] };
    const call = transformTable(database.sql, schema, "part", drop, { allowLoss: true });
    await expect(call).rejects.toThrow(`part: ${message}`);
  });

  test.each([
    ["a unique key", "c", "part_c_d_key"],
    ["a check", "i", "sum"],
  ])("is dropped with %s on several columns that are all dropped", async (_name, column, constraint) => {
    const changes = { drop: [column], dropConstraints: [constraint] };
    const after = await transformTable(database.sql, schema, "part", changes, { allowLoss: true });
    expect(after).toEqual(await loadSchema(database.sql));
  });
});
