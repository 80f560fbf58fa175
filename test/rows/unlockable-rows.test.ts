// Writes of many rows that cannot be locked first: of views that PostgreSQL does not lock, and for roles and policies that
// allow DELETE but not UPDATE.
import { describe, expect, test } from "bun:test";
import { declare, deleteMany, loadSchema, type SqlHandle, updateMany } from "../../src/index.ts";
import { deleteManySql } from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table base (id int primary key, name text);
   create table note (id int primary key, body text);
   create view grouped as select id, max(name) as name from base group by id;
   create view joined as select base.id, base.name, note.body from base left join note using (id);
   create function act() returns trigger language plpgsql as $$ begin
     if tg_op = 'UPDATE' then update base set name = new.name where id = old.id; return new; end if;
     delete from base where id = old.id; return old; end $$;
   create trigger act instead of update or delete on grouped for each row execute function act();
   create trigger act instead of update or delete on joined for each row execute function act();
   create view ruled as select id, max(name) as name from base group by id;
   create rule upd as on update to ruled do instead update base set name = new.name where id = old.id returning id, name;
   create rule del as on delete to ruled do instead delete from base where id = old.id returning id, name;
   create view over_ruled as select * from ruled;
   create table item (id int primary key, owner text not null); alter table item enable row level security;
   create policy seen on item for select using (true);
   create policy removed on item for delete using (owner = 'me');
   create table log (id int primary key);
   grant select, update, delete on item to pg_monitor; grant select, delete on log to pg_monitor`,
  `truncate base, item, log;
   insert into base values (1, 'a'), (2, 'b'); insert into item values (1, 'me'), (2, 'other'); insert into log values (1), (2)`,
);
const key = { primaryKey: ["id"] } as const;
const known = declare(schema, { grouped: key, joined: key, ruled: key, over_ruled: key });
const VIEWS = ["grouped", "joined", "ruled", "over_ruled"] as const;

function asMonitor<Result>(run: (tx: SqlHandle) => Promise<Result>): Promise<Result> {
  return sql.begin(async tx => {
    await tx`set local role pg_monitor`;
    return await run(tx);
  }) as Promise<Result>;
}

describe.each(VIEWS)("the view %s, whose writes are replaced", view => {
  test("updateMany updates its rows", async () => {
    const rows = [
      { id: 2, name: "new" },
      { id: 9, name: "none" },
    ];
    expect(await updateMany(sql, known, view, rows)).toEqual({
      ...{ updated: 1, missing: [1], stale: [], suppressed: [] },
    });
    expect(await plain("select * from base order by id")).toEqual([
      [1, "a"],
      [2, "new"],
    ]);
  });

  test("deleteMany deletes its rows", async () => {
    expect(await deleteMany(sql, known, view, [2, 9], { returning: ["id"] })).toEqual([{ id: 2 }]);
    expect(await deleteMany(sql, known, view, [1])).toBe(1);
    expect(await plain("select * from base")).toEqual([]);
  });
});

test("deleteMany deletes the rows that a policy for DELETE allows, without one for UPDATE", async () => {
  expect(await asMonitor(tx => deleteMany(tx, schema, "item", [1, 2]))).toBe(1);
  expect(await plain("select id from item")).toEqual([[2]]);
});

test("deleteMany requires no UPDATE privilege", async () => {
  const theirs = await asMonitor(tx => loadSchema(tx));
  expect(deleteManySql(theirs, "log", [1]).text).toBe(
    'DELETE FROM "public"."log" USING unnest($1::text::text[]) WITH ORDINALITY AS "keys" ("k1", "n") WHERE "log"."id" = "keys"."k1"::int4',
  );
  expect(await asMonitor(tx => deleteMany(tx, theirs, "log", [2, 1]))).toBe(2);
  expect(await plain("select id from log")).toEqual([]);
});
