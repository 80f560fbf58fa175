import { expect, test } from "bun:test";
import * as v from "valibot";
import { asRole, ConstraintError, deleteWhere, insert, insertMany, loadSchema } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { NOTE_ROWS, NOTE_TABLES } from "../support/row-tables.ts";
import { isServer } from "../support/server-version.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(NOTE_TABLES, NOTE_ROWS);

test("constraint errors name the constraint, the table and the columns", async () => {
  const failing: [() => Promise<unknown>, string, string | undefined, string[]][] = [
    [() => insert(sql, schema, "note", { id: 50, title: "one" }), "23505", "note_title_key", ["title"]],
    [() => insert(sql, schema, "pair", { a: 1, b: "x" }), "23505", "pair_pkey", ["b", "a"]],
    [() => insert(sql, schema, "child", { id: 1, note_id: 99 }), "23503", "child_note_id_fkey", ["note_id"]],
    [
      () => insert(sql, schema, "pair", { a: 5, b: "s", v: 100 }, { validate: false }),
      "23514",
      "pair_v_check",
      ["v"],
    ],
    [() => insert(sql, schema, "note", { title: null }, { validate: false }), "23502", undefined, ["title"]],
    [
      () => insert(sql, schema, "note", { title: "secret words" }, { validate: false }),
      "22001",
      undefined,
      [],
    ],
  ];
  for (const [run, sqlstate, constraint, columns] of failing) {
    let error: ConstraintError | undefined;
    try {
      await run();
    } catch (thrown) {
      error = thrown as ConstraintError;
    }
    expect(error).toBeInstanceOf(ConstraintError);
    expect([error!.sqlstate, error!.constraint, error!.columns]).toEqual([sqlstate, constraint, columns]);
    expect(error!.issues.map(issue => v.getDotPath(issue))).toEqual(columns.length > 0 ? columns : [null]);
    expect(error!.message).not.toContain("secret");
    expect(error!.stack).toContain("constraint-error.test.ts");
  }
});

test("a key with the name of a reference outside a scope is a key like others", async () => {
  const { sql, schema: named } = await testTables(
    'create table item (id int constraint "rowfn scope: item.id" primary key); insert into item values (1)',
  );
  await expect(insert(sql, named, "item", { id: 1 })).rejects.toMatchObject({
    ...{ name: "ConstraintError", kind: "unique", constraint: "rowfn scope: item.id", columns: ["id"] },
  });
});

test("the columns of a key that is still referenced are known to a role that may not read it", async () => {
  const { sql, schema: parents } = await testTables(
    `create table parent (a int, b int, primary key (a, b)); insert into parent values (1, 2);
    create table kid (x int, y int, foreign key (x, y) references parent); insert into kid values (1, 2)`,
  );
  const role = `only_deletes_${crypto.randomUUID().slice(0, 8)}`;
  await sql.unsafe(`create role "${role}"; grant delete on parent to "${role}"`);
  try {
    const deleting = asRole(sql, { role }, tx => deleteWhere(tx, parents, "parent", { all: true }));
    expect(await failure(deleting)).toMatchObject({
      ...{ name: "ConstraintError", kind: "referenced", table: "parent", columns: ["a", "b"] },
      references: { table: "kid", columns: ["x", "y"] },
    });
  } finally {
    await sql.unsafe(`drop owned by "${role}"; drop role "${role}"`);
  }
});

test("a value that was sent in a different form than PostgreSQL reports is shown, and its row is found", async () => {
  await sql.unsafe(`create table form (id int primary key, price numeric(10, 2) unique, code char(5) unique, at timestamptz unique,
      key uuid unique, ratio float8 unique);
    insert into form values (1, 1.5, 'ab', '2020-01-01 00:00:00.5Z', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 1e21)`);
  const own = await loadSchema(sql);
  const values: readonly (readonly [column: string, value: unknown, shown: string])[] = [
    ["price", "1.5", '"1.50"'],
    ["price", 1.5, '"1.50"'],
    ["code", "ab", '"ab   "'],
    ["at", new Date("2020-01-01T00:00:00.5Z"), "the Date 2020-01-01T00:00:00.500Z"],
    ["at", "2020-01-01T01:00:00.500+01", "the Date 2020-01-01T00:00:00.500Z"],
    ["key", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", '"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"'],
    ["ratio", 1e21, "1e+21"],
  ];
  for (const [column, value, shown] of values) {
    const reason = `${shown} is already taken`;
    const rows = [{ id: 2 }, { id: 3, [column]: value }];
    expect(await failure(insert(sql, own, "form", rows[1]!))).toMatchObject({ reason });
    for (const list of [rows.toReversed(), [rows[1]!, { id: 4, [column]: null }]])
      expect(await failure(insertMany(sql, own, "form", list))).toMatchObject({ reason, row: 0 });
  }
});

test("a text with commas in a key is shown, and its row is found", async () => {
  await sql.unsafe(`create table person_name (id int primary key, name text unique, town text, street text, unique (town, street));
    create table in_town (id int primary key, town text, street text, foreign key (town, street) references person_name (town, street));
    insert into person_name values (1, 'Lee, Ann', 'Bonn, Nord', 'A, B, C')`);
  const own = await loadSchema(sql);
  const cases = [
    ["person_name", { name: "Lee, Ann" }, '"Lee, Ann" is already taken'],
    ["person_name", { town: "Bonn, Nord", street: "A, B, C" }, '("Bonn, Nord", "A, B, C") is already taken'],
    ["in_town", { town: "x, y", street: "z" }, 'no person_name has town = "x, y" and street = "z"'],
  ] as const;
  for (const [table, row, reason] of cases) {
    const other = { id: 3, ...(table === "person_name" ? { town: "Bonn", street: "Nord, A, B, C" } : {}) };
    expect(await failure(insert(sql, own, table, { id: 2, ...row }))).toMatchObject({ reason });
    const rows = [
      { ...other, id: 3 },
      { id: 2, ...row },
      { ...other, street: null, id: 4 },
    ];
    expect(await failure(insertMany(sql, own, table, rows))).toMatchObject({ reason, row: 1 });
  }
});

test.if(isServer(15))("a row with a NULL that is equal to another one is found", async () => {
  await sql.unsafe(`create table empty_key (id int primary key, a int, b text, unique nulls not distinct (a, b));
    insert into empty_key values (1, null, 'x')`);
  const own = await loadSchema(sql);
  const rows = [
    { id: 2, a: 1, b: "x" },
    { id: 3, a: null, b: "x" },
    { id: 4, a: null, b: "y" },
  ];
  expect(await failure(insertMany(sql, own, "empty_key", rows))).toMatchObject({
    columns: ["a", "b"],
    row: 1,
  });
});

test.if(isServer(15))("a key with a NULL that is taken is a ConstraintError, of each type", async () => {
  await sql.unsafe(`create table empty_keys (id int primary key, note text, d date unique nulls not distinct,
    t timestamptz unique nulls not distinct, f float8 unique nulls not distinct); insert into empty_keys values (1)`);
  const own = await loadSchema(sql);
  const full = { id: 2, d: "2026-01-01", t: new Date(0), f: 1.5 };
  for (const column of ["d", "t", "f"] as const)
    for (const [note, reason] of [
      ["x", "the value is already taken"],
      ["null", "null is already taken"],
    ] as const)
      expect(await failure(insert(sql, own, "empty_keys", { ...full, note, [column]: null }))).toMatchObject({
        ...{ name: "ConstraintError", kind: "unique", columns: [column], reason },
      });
});

test("a range, an array or a composite value in a key is shown as PostgreSQL prints it", async () => {
  await sql.unsafe(`create type spot as (x int, y int);
    create table structured (id int primary key, r int4range unique, a text[] unique, s spot unique);
    insert into structured values (1, '[1,5)', '{a,b c}', '(1,2)')`);
  const own = await loadSchema(sql);
  for (const [row, shown] of [
    [{ r: "[1,5)" }, '"[1,5)"'],
    [{ a: ["a", "b c"] }, '"{a,\\"b c\\"}"'],
    [{ s: { x: 1, y: 2 } }, '"(1,2)"'],
  ] as const) {
    const [free, taken] = [{ id: 2 }, { id: 3, ...row }];
    expect(await failure(insert(sql, own, "structured", taken))).toMatchObject({
      reason: `${shown} is already taken`,
    });
    expect(await failure(insertMany(sql, own, "structured", [taken, free]))).toMatchObject({ row: 0 });
  }
});

test("the error that a trigger raises may have a detail like that of a key, about columns that the table lacks", async () => {
  await sql.unsafe(`create table raising (id int primary key, v text);
    create function raise() returns trigger language plpgsql as $$ begin
      raise exception 'already booked' using errcode = new.v, detail = 'Key (room)=(7) conflicts with the calendar.'; end $$;
    create trigger raise before insert on raising for each row execute function raise()`);
  const own = await loadSchema(sql);
  for (const [v, kind] of [
    ["23505", "unique"],
    ["23P01", "exclusion"],
    ["23503", "missing"],
    ["23514", "check"],
  ] as const)
    for (const call of [
      () => insert(sql, own, "raising", { id: 1, v }),
      () =>
        insertMany(sql, own, "raising", [
          { id: 1, v },
          { id: 2, v },
        ]),
    ])
      expect(await failure(call())).toMatchObject({
        ...{ name: "ConstraintError", kind, columns: [], reason: "already booked" },
        message: expect.stringContaining(`raising: already booked [${v}]`),
      });
});
