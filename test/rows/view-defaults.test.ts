// A column that a row of a view omits gets the default of the table behind the view.
import { expect, test } from "bun:test";
import { generateModule } from "../../src/files/index.ts";
import { insert, insertMany, insertSchema, validateInsert } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create domain given as int not null;
   create table base (id int primary key, stars given default 5, made given generated always as (7) stored);
   create view seen as select * from base`,
  "truncate base",
);

test("a column of a NOT NULL domain can be omitted", async () => {
  expect(await insert(sql, schema, "seen", { id: 1 })).toEqual({ id: 1, stars: 5, made: 7 });
  expect(await insertMany(sql, schema, "seen", [{ id: 2 }])).toBe(1);
  expect(await plain("select id, stars from base order by id")).toEqual([
    [1, 5],
    [2, 5],
  ]);
  const { jsonSchema } = insertSchema(schema, "seen")["~standard"];
  expect(jsonSchema.input({ target: "draft-2020-12" })["required"]).toEqual([]);
  expect(generateModule(schema)).toContain(
    "interface SeenInsert {\n  id?: number | null;\n  stars?: number;\n  made?: number;\n}",
  );
});

test("the domain still rejects NULL, and the table still requires a value without a default", async () => {
  expect(validateInsert(schema, "seen", { id: 1, stars: null }).issues).toHaveLength(1);
  expect((await failure(insert(sql, schema, "base", {}))).message).toStartWith("base: 1 invalid value");
});
