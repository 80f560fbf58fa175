// The unique keys that a foreign key can refer to, and the names of new keys.
import { afterAll, describe, expect, test } from "bun:test";
import { addForeignKeySql, createTableSql } from "../../src/ddl/index.ts";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { testDatabase } from "../../src/testing/index.ts";

const database = await testDatabase();
afterAll(() => database.drop());
async function read(template: string, schemas?: string[]): Promise<SchemaSnapshot> {
  await database.sql.unsafe(`drop schema if exists public, s cascade; create schema public; ${template}`);
  return await loadSchema(database.sql, schemas && { schemas });
}

const CHILD = "create table child (x int, y int); create table parent (id int primary key, a int, b int";

describe("a foreign key to columns of", () => {
  test.each([
    ["a unique constraint", `${CHILD}, unique (a))`],
    ["a unique index", `${CHILD}); create unique index on parent (a)`],
    ["a unique index with further columns", `${CHILD}); create unique index on parent (a) include (b)`],
  ])("%s is created", async (_name, template) => {
    const [text] = addForeignKeySql(await read(template), "child", "x", "parent", {
      to: ["a"],
    } as never);
    expect(text).toContain('FOREIGN KEY ("x") REFERENCES "public"."parent" ("a")');
  });

  test.each([
    ["no unique key", `${CHILD})`],
    ["a partial index", `${CHILD}); create unique index on parent (a) where b > 0`],
    ["a deferrable key", `${CHILD}, unique (a) deferrable)`],
    ["an index of an expression too", `${CHILD}); create unique index on parent (a, abs(b))`],
    ["a key with further columns", `${CHILD}, unique (a, b))`],
  ])("%s is rejected", async (_name, template) => {
    const schema = await read(template);
    expect(() => addForeignKeySql(schema, "child", "x", "parent", { to: ["a"] } as never)).toThrow(
      "child: (a) is not a key of parent",
    );
  });
});

describe("the name of a new key", () => {
  const nameOf = (schema: SchemaSnapshot): string => {
    const [text] = createTableSql(schema, "t", { a: "int" }, { unique: ["a"] });
    return /CONSTRAINT "(t_a_key\d*)" UNIQUE/.exec(text!)![1]!;
  };

  test.each([
    ["nothing", "create table other (a int)", "t_a_key"],
    ["a table", "create table t_a_key (a int)", "t_a_key1"],
    ["an index", "create table other (a int); create index t_a_key on other (a)", "t_a_key1"],
    ["a unique key", "create table other (a int, constraint t_a_key unique (a))", "t_a_key1"],
    ["a sequence", "create sequence t_a_key", "t_a_key1"],
    [
      "a check, which has a name of its table",
      "create table other (a int, constraint t_a_key check (a > 0))",
      "t_a_key",
    ],
    ["a table of a different schema", "create schema s; create table s.t_a_key (a int)", "t_a_key"],
    ["a sequence of a different schema", "create schema s; create sequence s.t_a_key", "t_a_key"],
  ])("next to %s", async (_name, template, name) => {
    const schemas = template.includes("schema s") ? ["public", "s"] : undefined;
    expect(nameOf(await read(template, schemas))).toBe(name);
  });
});
