import { expect, test } from "bun:test";
import * as v from "valibot";
import { asRole, ConstraintError, deleteWhere, insert } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { NOTE_ROWS, NOTE_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(NOTE_TABLES, NOTE_ROWS);

test("constraint errors name the constraint, the table and the columns", async () => {
  const { sql } = database;
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
