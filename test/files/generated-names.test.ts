// Names with the characters of the syntax around them, in a generated module.
import { expect, test } from "bun:test";
import { generateModule } from "../../src/files/index.ts";
import { testTables } from "../support/test-tables.ts";

const { schema } = await testTables(
  `create type kind as enum ('a\u2028b', 'c\u2029d');
   create table "x; }y" (id int primary key, "e\u2028f" kind);
   comment on column "x; }y"."e\u2028f" is E'one\\n\\ntwo\u2028three';
   create table part (id int primary key, x_id int references "x; }y")`,
);
const text = generateModule(schema);

test("a name or a label with a line separator is unchanged, with an indented comment", () => {
  expect(text).toContain(`export interface XYRow {
  id: number;
  /**
   * one
   *
   * two
   * three
   */
  "e\\u2028f": "a\\u2028b" | "c\\u2029d" | null;
}
`);
});

test("a relation keeps a name with a semicolon and a brace", () => {
  expect(text).toContain(`    relations: {
      "x; }y": { table: "x; }y"; many: false; columns: "x_id" };
    };
`);
});
