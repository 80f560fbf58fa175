// Which triggers can fill a column that a row omits.
import { expect, test } from "bun:test";
import { insert, loadSchema, validateInsert } from "../../src/index.ts";
import { wakeSql, watchSql } from "../../src/queues/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database } = await testTables(
  `create table note (id int generated always as identity primary key, body text not null, n int not null);
   create function fill() returns trigger language plpgsql as $$
     begin if new is not null or tg_when = 'BEFORE' then new.body := 'filled'; new.n := 1; end if; return new; end $$;
   create function ignore() returns trigger language plpgsql as $$ begin return null; end $$;
   create table base (a text, b int);
   create view agg as select a, count(*) as c from base group by a;
   create function add_base() returns trigger language plpgsql as $$
     begin insert into base values (new.a, 1); return new; end $$;
   create trigger adds instead of insert on agg for each row execute function add_base();`,
);
const { sql } = database;

const TRIGGERS: readonly [trigger: string, fills: boolean][] = [
  ["before insert on note for each row execute function fill()", true],
  ["before insert or update on note for each row execute function fill()", true],
  ["after insert on note for each row execute function ignore()", false],
  ["before insert on note for each statement execute function ignore()", false],
  ["after insert on note for each statement execute function ignore()", false],
  ["before update on note for each row execute function fill()", false],
  ["before delete on note for each row execute function fill()", false],
];

for (const [trigger, fills] of TRIGGERS)
  test(`a trigger ${trigger} ${fills ? "can fill" : "cannot fill"} a required column`, async () => {
    await sql.unsafe(`create trigger one ${trigger}`);
    const { issues } = validateInsert(await loadSchema(sql), "note", {});
    await sql.unsafe("drop trigger one on note");
    expect(issues).toHaveLength(fills ? 0 : 2);
  });

test("the bits of different triggers are not mixed", async () => {
  await sql.unsafe(`create trigger one after insert on note for each row execute function ignore();
    create trigger two before update on note for each row execute function fill();
    create trigger three before insert on note for each statement execute function ignore()`);
  const schema = await loadSchema(sql);
  await sql.unsafe("drop trigger one on note; drop trigger two on note; drop trigger three on note");
  expect(validateInsert(schema, "note", {}).issues).toHaveLength(2);
});

test("the triggers of watchSql and wakeSql fill no column", async () => {
  const before = await loadSchema(sql);
  await sql.unsafe(watchSql(before, "note").join(";\n"));
  await sql.unsafe(wakeSql(before, "note").join(";\n"));
  const after = await loadSchema(sql);
  expect(validateInsert(after, "note", {}).issues).toHaveLength(2);
  expect((await failure(insert(sql, after, "note", {}))).name).toBe("ValidationError");
});

test("a view with an INSTEAD OF INSERT trigger alone can be inserted into", async () => {
  const schema = await loadSchema(sql);
  expect(await insert(sql, schema, "agg", { a: "zz" }, { returning: ["a"] })).toEqual({ a: "zz" });
  expect(await sql.unsafe("select a, b from base").values()).toEqual([["zz", 1]]);
});
