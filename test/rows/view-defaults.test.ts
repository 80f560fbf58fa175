// Writes through a view: defaults and generated columns of the table behind it, which the view does not show.
import { expect, test } from "bun:test";
import { generateModule } from "../../src/files/index.ts";
import {
  declare,
  insert,
  insertMany,
  insertSchema,
  loadSchema,
  updateWhere,
  upsert,
  validateInsert,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create domain given as int not null;
   create table base (id int primary key, stars given default 5, made given generated always as (7) stored);
   create view seen as select * from base;
   create schema "o.d"; create table "o.d"."B a" (id int primary key, "x,y" text, g text generated always as (upper("x,y")) stored);
   create view renamed as select id, g as "G 1", "x,y" as name, upper("x,y") as g from "o.d"."B a" z where id > (select 0);
   create view over as select "G 1" as name, id, name as "G 1" from renamed;
   create view ruled as select * from "o.d"."B a";
   create rule upd as on update to ruled do instead update "o.d"."B a" set "x,y" = new.g where id = old.id;
   create view replaced as select * from "o.d"."B a";
   create function act() returns trigger language plpgsql as $$ begin
     insert into "o.d"."B a" values (new.id, new.g); return new; end $$;
   create trigger act instead of insert on replaced for each row execute function act()`,
  'truncate base, "o.d"."B a"',
);

const all = await loadSchema(sql, { schemas: ["public", "o.d"] });

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
    "interface SeenInsert {\n  id?: number | null;\n  stars?: number;\n}",
  );
});

test("the domain still rejects NULL, and the table still requires a value without a default", async () => {
  expect(validateInsert(schema, "seen", { id: 1, stars: null }).issues).toHaveLength(1);
  expect((await failure(insert(sql, schema, "base", {}))).message).toStartWith("base: 1 invalid value");
});

test("a generated column of the table behind a view is rejected before anything is sent", async () => {
  for (const [view, column] of [
    ["seen", "made"],
    ["renamed", "G 1"],
    ["over", "name"],
  ] as const) {
    const issue = `${view}.${column}: Expected no value for this column, received "1" (the column of the view is not updatable)`;
    for (const call of [
      () => insert(sql, all, view, { id: 1, [column]: "1" }),
      () => insertMany(sql, all, view, [{ id: 1, [column]: "1" }]),
      () => updateWhere(sql, all, view, { [column]: "1" }, { where: { id: 1 } }),
    ])
      expect((await failure(call())).message.replace(", rows[0]", "")).toBe(
        `${view}: 1 invalid value\n  ${issue}`,
      );
  }
});

test('upsert with update: "replace" leaves it out, and the other columns of the view can be written', async () => {
  const known = declare(all, { over: { primaryKey: ["id"] } });
  await upsert(sql, known, "over", { id: 1, "G 1": "a" });
  expect(await upsert(sql, known, "over", { id: 1 }, { update: "replace" })).toEqual({
    ...{ name: null, id: 1, "G 1": null },
  });
  expect(await upsert(sql, known, "over", { id: 1, "G 1": "b" }, { update: "replace" })).toEqual({
    ...{ name: "B", id: 1, "G 1": "b" },
  });
});

test("a trigger or rule that replaces the write accepts the column", async () => {
  await insert(sql, all, "replaced", { id: 1, g: "x" });
  await updateWhere(sql, all, "ruled", { g: "y" }, { where: { id: 1 } });
  expect(await plain('select * from "o.d"."B a"')).toEqual([[1, "y", "Y"]]);
});
