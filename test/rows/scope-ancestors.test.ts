// A scope includes the tables below its table, and foreign keys of which a statement writes only a part.
import { expect, test } from "bun:test";
import {
  deleteWhere,
  insert,
  insertMany,
  rowsWhere,
  ScopeError,
  scope,
  update,
  updateWhere,
} from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table base (id int primary key, tenant_id int not null, note text);
   create table middle () inherits (base); create table leaf () inherits (middle);
   create table part (id int, tenant_id int not null, a int, b int) partition by list (a);
   create table part_1 partition of part for values in (1) partition by list (b);
   create table part_1_1 partition of part_1 for values in (1);
   create table site (a int, b int, tenant_id int not null, primary key (a, b));
   create table device (id int primary key, a int, b int default 7, note text, foreign key (a, b) references site);
   create table place (id int primary key, a int, note text);
   create table room (b int default 7, primary key (id), foreign key (a, b) references site) inherits (place);
   create table doc (id int primary key, j json)`,
  `truncate base, middle, leaf, part, site, device, place, room;
   insert into leaf values (1, 1, 'mine'), (2, 2, 'TOPSECRET'); insert into part values (1, 1, 1, 1), (2, 2, 1, 1);
   insert into site values (1, 7, 1), (2, 7, 2), (1, 8, 2); insert into device values (9, 1, 7)`,
);
const mine = scope(schema, { base: { tenant_id: 1 }, part: { tenant_id: 1 }, site: { tenant_id: 1 } });

test.each(["leaf", "part_1_1"])("the rule of a table restricts %s, two levels below", async table => {
  const ids = async (): Promise<unknown[]> => (await plain(`select id from ${table} order by id`)).flat();
  expect((await rowsWhere(sql, mine, table)).map(({ id }) => id)).toEqual([1]);
  const row = table === "leaf" ? { id: 3 } : { id: 3, a: 1, b: 1 };
  expect(await insert(sql, mine, table, row)).toMatchObject({ id: 3, tenant_id: 1 });
  await expect(insert(sql, mine, table, { ...row, id: 4, tenant_id: 2 })).rejects.toThrow("tenant_id");
  expect(await updateWhere(sql, mine, table, { id: 5 }, { all: true, returning: ["id"] })).toHaveLength(2);
  expect(await ids()).toEqual([2, 5, 5]);
  await deleteWhere(sql, mine, table, { all: true });
  expect(await ids()).toEqual([2]);
});

test("an insert that omits a part of a foreign key is checked with the default of this part", async () => {
  await insert(sql, mine, "device", { id: 1, a: 1 });
  await insertMany(sql, mine, "device", [{ id: 2, a: 1 }]);
  await expect(insert(sql, mine, "device", { id: 3, a: 2 })).rejects.toBeInstanceOf(ScopeError);
  await expect(insertMany(sql, mine, "device", [{ id: 3, a: 2 }])).rejects.toBeInstanceOf(ScopeError);
  await expect(insert(sql, mine, "device", { id: 3, a: 1, b: 8 })).rejects.toBeInstanceOf(ScopeError);
  await insert(sql, mine, "device", { id: 4, b: 8 });
  expect(await plain("select id, a, b from device order by id")).toEqual([
    [1, 1, 7],
    [2, 1, 7],
    [4, null, 8],
    [9, 1, 7],
  ]);
});

test("an update of a part of a foreign key is checked with the other stored parts", async () => {
  await update(sql, mine, "device", { id: 9, a: 1 });
  await update(sql, mine, "device", { id: 9, b: 7 });
  await update(sql, mine, "device", { id: 9, note: "n" });
  await expect(update(sql, mine, "device", { id: 9, a: 2 })).rejects.toBeInstanceOf(ScopeError);
  await expect(update(sql, mine, "device", { id: 9, b: 8 })).rejects.toBeInstanceOf(ScopeError);
  await expect(updateWhere(sql, mine, "device", { b: 8 }, { all: true })).rejects.toBeInstanceOf(ScopeError);
  expect(await plain("select * from device")).toEqual([[9, 1, 7, "n"]]);
});

test("a rule for a column whose type has no equality is rejected", () => {
  expect(() => scope(schema, { doc: { j: {} } })).toThrow("scope: doc.j: type json has no equality operator");
});

test("a foreign key of a child with columns that the parent lacks is not changed through the parent", async () => {
  await plain("insert into room values (1, 1, 'x', 7)");
  for (const write of [
    () => update(sql, mine, "place", { id: 1, a: 2 }),
    () => updateWhere(sql, mine, "place", { a: 2 }, { all: true }),
  ])
    await expect(write()).rejects.toThrow(
      new ScopeError(
        "place: a write through the parent cannot check a foreign key of room against the snapshot's scope, because the parent has only some of its columns; write to room",
      ),
    );
  expect(await plain("select a, b from room")).toEqual([[1, 7]]);
  await insert(sql, mine, "place", { id: 2, a: 2 });
  await updateWhere(sql, mine, "place", { note: "y" }, { all: true });
  expect(await plain("select id, a, note from place order by id")).toEqual([
    [1, 1, "y"],
    [2, 2, "y"],
  ]);
});
