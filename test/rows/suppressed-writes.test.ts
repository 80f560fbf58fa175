// Writes of a row that exists but that a trigger leaves unchanged. The trigger can be that of another table.
import { describe, expect, test } from "bun:test";
import { declare, deleteRow, NotFoundError, update } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create function keep() returns trigger language plpgsql as 'begin return null; end';
   create table behind (id int primary key, name text);
   create trigger keep before update or delete on behind for each row execute function keep();
   create view front as select * from behind;
   create table divided (id int primary key, name text) partition by range (id);
   create table divided_1 partition of divided for values from (0) to (100);
   create trigger keep before update or delete on divided_1 for each row execute function keep();
   create table base (id int primary key, name text);
   create table heir () inherits (base);
   create trigger keep before update or delete on heir for each row execute function keep();
   create table kept (id int primary key, gone bool not null default false);
   create function hide() returns trigger language plpgsql as 'begin update kept set gone = true where id = old.id; return null; end';
   create trigger hide before delete on kept for each row execute function hide();
   create view live as select id from kept where not gone;
   create view live_too as select * from live`,
  `truncate behind, divided, base, kept; insert into kept values (1), (2);
   insert into behind values (1, 'stored'); insert into divided values (1, 'stored'); insert into heir values (1, 'stored')`,
);
const key = { primaryKey: ["id"] } as const;
const known = declare(schema, { front: key, live: key, live_too: key });

const PLACES = {
  "the table of a view": "front",
  "a partition": "divided",
  "a table that inherits": "base",
} as const;

describe.each(Object.entries(PLACES))("a row that a trigger of %s keeps", (_place, table) => {
  test("is undefined in update and deleteRow, and unchanged", async () => {
    expect(await update(sql, known, table, { id: 1, name: "new" })).toBeUndefined();
    expect(await update(sql, known, table, { id: 1, name: "new" }, { returning: false })).toBeUndefined();
    expect(await deleteRow(sql, known, table, 1)).toBeUndefined();
    expect(await plain(`select * from ${table}`)).toEqual([[1, "stored"]]);
  });

  test("differs from a row that does not exist, which is a NotFoundError", async () => {
    const calls = [
      () => update(sql, known, table, { id: 2, name: "new" }),
      () => deleteRow(sql, known, table, 2),
    ];
    for (const call of calls) {
      const error = await failure(call());
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error.message).toBe(`${table} has no row with id 2`);
    }
  });
});

test.each(["live", "live_too"] as const)(
  "deleteRow of the view %s is undefined for a row that a trigger marks as deleted, so that the view hides it",
  async view => {
    expect(await deleteRow(sql, known, view, 1)).toBeUndefined();
    expect(await plain("select * from kept order by id")).toEqual([
      [1, true],
      [2, false],
    ]);
    expect((await failure(deleteRow(sql, known, view, 1))).message).toBe(`${view} has no row with id 1`);
  },
);
