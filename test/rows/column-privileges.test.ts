// A role with privileges on some columns only.
import { expect, test } from "bun:test";
import { insert, loadSchema, nest, type SqlHandle, upsert, upsertMany } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, plain } = await testTables(
  `create table item (id int primary key, secret text default 's', name text);
   grant select (id, name), insert (id, name), update (name) on item to pg_monitor;
   create table entry (item_id int references item, note text); grant insert on entry to pg_monitor`,
  "truncate item, entry; insert into item values (1, 's', 'a')",
);

function asMonitor<Result>(run: (tx: SqlHandle) => Promise<Result>): Promise<Result> {
  return sql.begin(async tx => {
    await tx`set local role pg_monitor`;
    return await run(tx);
  }) as Promise<Result>;
}

test("an upsert of a row that is only a key assigns a column that the role may update", async () => {
  const sent: string[] = [];
  const onStatement = ({ text }: { readonly text: string }): void => void sent.push(text);
  await asMonitor(async tx => {
    const theirs = await loadSchema(tx);
    expect(await upsert(tx, theirs, "item", { id: 1 }, { onStatement })).toEqual({ id: 1, name: "a" });
    expect(await upsertMany(tx, theirs, "item", [{ id: 1 }, { id: 2 }])).toBe(2);
  });
  expect(sent).toEqual([
    'INSERT INTO "public"."item" ("id") VALUES ($1::text::int4) ON CONFLICT ("id") DO UPDATE SET "name" = "item"."name" RETURNING "id", "name"',
  ]);
  expect(await plain("select * from item order by id")).toEqual([
    [1, "s", "a"],
    [2, "s", null],
  ]);
});

test("nested rows of a table that the role may only insert into are returned without columns", async () => {
  const row = { id: 5, name: "e", entry: [{ note: "x" }, { note: "y" }] };
  const stored = await asMonitor(async tx =>
    insert(tx, await loadSchema(tx), "item", row as never, { include: nest({ entry: true }) as never }),
  );
  expect(stored as unknown).toEqual({ id: 5, name: "e", entry: [{}, {}] });
  expect(await plain("select * from entry order by note")).toEqual([
    [5, "x"],
    [5, "y"],
  ]);
});
