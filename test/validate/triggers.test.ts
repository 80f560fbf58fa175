// The triggers that can fill a column that a row omits.
import { expect, test } from "bun:test";
import { generateModule, importRows } from "../../src/files/index.ts";
import {
  ArgumentError,
  declare,
  deleteWhere,
  insert,
  insertMany,
  insertSchema,
  loadSchema,
  type SchemaSnapshot,
  update,
  updateWhere,
  upsert,
  validateInsert,
  validateUpdate,
} from "../../src/index.ts";
import { wakeSql, watchSql } from "../../src/queues/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database, plain } = await testTables(
  `create table note (id int generated always as identity primary key, body text not null, n int not null);
   create function fill() returns trigger language plpgsql as $$
     begin if new is not null or tg_when = 'BEFORE' then new.body := 'filled'; new.n := 1; end if; return new; end $$;
   create function ignore() returns trigger language plpgsql as $$ begin return null; end $$;
   create table base (a text, b int);
   create view agg as select a, count(*) as c from base group by a;
   create function add_base() returns trigger language plpgsql as $$
     begin insert into base values (new.a, 1); return new; end $$;
   create trigger adds instead of insert on agg for each row execute function add_base();
   create function rename_base() returns trigger language plpgsql as $$
     begin update base set a = new.a where a = old.a; return new; end $$;
   create function drop_base() returns trigger language plpgsql as $$
     begin delete from base where a = old.a; return old; end $$;
   create view renamed as select a, count(*) as c from base group by a;
   create trigger renames instead of update on renamed for each row execute function rename_base();
   create view dropped as select a, count(*) as c from base group by a;
   create trigger drops instead of delete on dropped for each row execute function drop_base();
   create view ruled as select a, count(*) as c from base group by a;
   create rule adds as on insert to ruled do instead insert into base values (new.a, 1);
   create rule renames as on update to ruled do instead update base set a = new.a where a = old.a;
   create view upper_a as select a, b, upper(a) as u from base;
   create trigger renames instead of update on upper_a for each row execute function rename_base();
   create view plain_a as select a, b, upper(a) as u from base;
   create rule also as on update to plain_a do also select 1;
   create domain word as text check (value <> '');
   create table account (id int primary key, email word check (length(email) <= 6), status varchar(3) check (status in ('new', 'old')));
   create function trim_account() returns trigger language plpgsql as $$
     begin new.email := trim(new.email); new.status := lower(new.status); return new; end $$;
   create table member (like account including constraints, primary key (id)) partition by range (id);
   create table member_1 partition of member for values from (0) to (10) partition by range (id);
   create table member_2 partition of member_1 for values from (0) to (5);
   create table staff () inherits (account);`,
  "truncate base, account, member",
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

test("the properties of different triggers are not combined", async () => {
  await sql.unsafe(`create trigger one after insert on note for each row execute function ignore();
    create trigger two before update on note for each row execute function fill();
    create trigger three before insert on note for each statement execute function ignore()`);
  const schema = await loadSchema(sql);
  await sql.unsafe("drop trigger one on note; drop trigger two on note; drop trigger three on note");
  expect(validateInsert(schema, "note", {}).issues).toHaveLength(2);
});

test("the triggers of watchSql and wakeSql do not fill columns", async () => {
  const before = await loadSchema(sql);
  await sql.unsafe(watchSql(before, "note").join(";\n"));
  await sql.unsafe(wakeSql(before, "note").join(";\n"));
  const after = await loadSchema(sql);
  expect(validateInsert(after, "note", {}).issues).toHaveLength(2);
  expect((await failure(insert(sql, after, "note", {}))).name).toBe("ValidationError");
  const { jsonSchema } = insertSchema(after, "note")["~standard"];
  expect(jsonSchema.input({ target: "draft-2020-12" })["required"]).toEqual(["body", "n"]);
  expect(generateModule(after)).toContain("interface NoteInsert {\n  body: string;\n  n: number;\n}");
});

test("a view with only an INSTEAD OF INSERT trigger accepts inserts", async () => {
  const schema = await loadSchema(sql);
  expect(await insert(sql, schema, "agg", { a: "zz" }, { returning: ["a"] })).toEqual({ a: "zz" });
  expect(await sql.unsafe("select a, b from base").values()).toEqual([["zz", 1]]);
  expect(Object.keys(insertSchema(schema, "agg").entries)).toContain("a");
});

test("a view with INSTEAD OF triggers for every write accepts every write", async () => {
  await sql.unsafe(`create view every as select a, count(*) as c from base group by a;
    create trigger adds instead of insert on every for each row execute function add_base();
    create trigger renames instead of update on every for each row execute function rename_base();
    create trigger drops instead of delete on every for each row execute function drop_base()`);
  const schema = await loadSchema(sql);
  await insertMany(sql, schema, "every", [{ a: "a" }, { a: "b" }, { a: "c" }]);
  await updateWhere(sql, schema, "every", { a: "z" }, { where: { a: "a" } });
  await deleteWhere(sql, schema, "every", { where: { a: "b" } });
  expect(await plain("select a from base order by a")).toEqual([["c"], ["z"]]);
  await sql.unsafe("drop view every");
});

/** Writes that PostgreSQL accepts, each with the resulting rows in base, which initially has the rows a and b. */
const WRITES: readonly [
  name: string,
  write: (schema: SchemaSnapshot) => Promise<unknown>,
  rows: unknown[][],
][] = [
  [
    "UPDATE of a view with a trigger for UPDATE alone",
    schema => updateWhere(sql, schema, "renamed", { a: "z" }, { where: { a: "a" } }),
    [["b"], ["z"]],
  ],
  [
    "UPDATE of a computed column through a trigger",
    schema => updateWhere(sql, schema, "upper_a", { a: "z", u: "ignored" }, { where: { u: "A" } }),
    [["b"], ["z"]],
  ],
  [
    "DELETE from a view with a trigger for DELETE alone",
    schema => deleteWhere(sql, schema, "dropped", { where: { a: "a" } }),
    [["b"]],
  ],
  [
    "INSERT into a view with a rule",
    schema => insert(sql, schema, "ruled", { a: "c" }, { returning: false }),
    [["a"], ["b"], ["c"]],
  ],
  [
    "INSERT of rows into a view with a rule",
    schema => insertMany(sql, schema, "ruled", [{ a: "c" }, { a: "d" }]),
    [["a"], ["b"], ["c"], ["d"]],
  ],
  [
    "UPDATE of a view with a rule",
    schema => updateWhere(sql, schema, "ruled", { a: "z" }, { where: { a: "a" }, returning: false }),
    [["b"], ["z"]],
  ],
];

for (const [name, write, rows] of WRITES)
  test(`${name} is accepted`, async () => {
    await sql.unsafe("insert into base values ('a', 1), ('b', 1)");
    await write(await loadSchema(sql));
    expect(await plain("select a from base order by a")).toEqual(rows);
  });

test("a column that neither PostgreSQL nor a trigger can write is an issue", async () => {
  const schema = await loadSchema(sql);
  for (const [view, row] of Object.entries({ plain_a: { u: "x" }, dropped: { a: "x" }, agg: { a: "x" } }))
    expect([view, validateUpdate(schema, view, row).issues.length]).toEqual([view, 1]);
  for (const [view, row] of Object.entries({
    plain_a: { u: "x" },
    renamed: { a: "x" },
    dropped: { a: "x" },
    upper_a: { u: "x" },
  }))
    expect([view, validateInsert(schema, view, row).issues.length]).toEqual([view, 1]);
});

test("an insert does not write a computed column that only an UPDATE trigger can write", async () => {
  await sql.unsafe("insert into base values ('a', 1)");
  const schema = await loadSchema(sql);
  const rows = [{ a: "c", u: "x" }];
  for (const write of [
    () => insert(sql, schema, "upper_a", rows[0]!),
    () => insertMany(sql, schema, "upper_a", rows),
    () => importRows(sql, schema, "upper_a", "a,u\nc,x\n", { format: "csv" }),
  ])
    expect((await failure(write())).message).toContain("1 invalid value");
  expect(await insert(sql, schema, "upper_a", { a: "c" }, { returning: ["u"] })).toEqual({ u: "C" });
  expect(await plain("select a from base order by a")).toEqual([["a"], ["c"]]);
});

test("an upsert into a view whose trigger replaces INSERT is rejected, because no conflict can occur", async () => {
  const schema = declare(await loadSchema(sql), { agg: { primaryKey: ["a"] } } as never);
  const error = await failure(upsert(sql, schema, "agg" as never, { a: "a" } as never));
  expect(error).toEqual(
    new ArgumentError(
      "agg: a trigger of the view replaces INSERT, so no row can conflict; use update and insert",
    ),
  );
});

const SPACED = { id: 1, email: " a@b.fi ", status: "NEW" };
const CHANGES: readonly [trigger: string, insert: boolean, update: boolean][] = [
  ["before insert or update on account for each row", true, true],
  ["before insert on account for each row", true, false],
  ["before update of email, status on account for each row", false, true],
  ["after insert or update on account for each row", false, false],
  ["before insert or update on account for each statement", false, false],
];
for (const [trigger, isInserted, isUpdated] of CHANGES)
  test(`a CHECK is left to PostgreSQL if a trigger can change the row first: ${trigger}`, async () => {
    await sql.unsafe(
      `create trigger "before update x for each row" ${trigger} execute function trim_account()`,
    );
    const schema = await loadSchema(sql);
    const { id: _, ...changes } = SPACED;
    const inserted = await insert(sql, schema, "account", SPACED).catch(({ name }) => name);
    await sql.unsafe("delete from account; insert into account values (1, 'x', 'old')");
    const updated = await update(sql, schema, "account", SPACED).catch(({ name }) => name);
    await sql.unsafe(`drop trigger "before update x for each row" on account`);
    const stored = { id: 1, email: "a@b.fi", status: "new" };
    expect(inserted).toEqual((isInserted ? stored : "ValidationError") as never);
    expect(updated).toEqual((isUpdated ? stored : "ValidationError") as never);
    expect(validateInsert(schema, "account", SPACED).issues.length).toBe(isInserted ? 0 : 2);
    expect(validateUpdate(schema, "account", changes).issues.length).toBe(isUpdated ? 0 : 2);
    const { properties } = insertSchema(schema, "account")["~standard"].jsonSchema.input({
      target: "draft-2020-12",
    });
    const text = JSON.stringify(properties);
    expect([text.includes('"maxLength":6'), text.includes('"enum":["new","old"]')]).toEqual([
      !isInserted,
      !isInserted,
    ]);
  });

test("the type of a column and the CHECK of its domain hold before a trigger changes the row", async () => {
  await sql.unsafe(
    "create trigger one before insert on account for each row execute function trim_account()",
  );
  const schema = await loadSchema(sql);
  await sql.unsafe("drop trigger one on account");
  const { issues } = validateInsert(schema, "account", { id: 1, email: "", status: "new " });
  expect(issues.map(({ path }) => path?.map(({ key }) => key))).toEqual([["email"], ["status"]]);
});

const SPREAD: readonly [on: string, table: string, insert: boolean, update: boolean][] = [
  ["member", "member", true, true],
  ["member", "member_2", true, true],
  ["member_2", "member_2", true, true],
  ["member_2", "member", true, true],
  ["staff", "account", false, true],
  ["account", "staff", false, false],
];
for (const [on, table, isInserted, isUpdated] of SPREAD)
  test(`a trigger of ${on} can change ${isInserted ? "inserted and updated" : isUpdated ? "updated" : "no"} rows of ${table} first`, async () => {
    await sql.unsafe(
      `create trigger one before insert or update on ${on} for each row execute function trim_account()`,
    );
    const schema = await loadSchema(sql);
    await sql.unsafe(`insert into ${on === "account" ? table : on} values (1, 'x', 'old')`);
    const { id: _, ...changes } = SPACED;
    const updated = await updateWhere(sql, schema, table, changes, { where: { id: 1 } }).catch(
      ({ name }) => name,
    );
    await sql.unsafe(`drop trigger one on ${on}`);
    expect(updated).toEqual((isUpdated ? 1 : "ValidationError") as never);
    expect(validateInsert(schema, table, SPACED).issues.length).toBe(isInserted ? 0 : 2);
    expect(validateUpdate(schema, table, changes).issues.length).toBe(isUpdated ? 0 : 2);
  });
