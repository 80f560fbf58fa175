// Keys WITHOUT OVERLAPS and PERIOD foreign keys of PostgreSQL 18: rows are related by overlap, not by equality.
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { addForeignKey, createLinkTableSql, createTable } from "../../src/ddl/index.ts";
import {
  ArgumentError,
  foreignKeys,
  get,
  insert,
  insertMany,
  link,
  loadSchema,
  lookup,
  nest,
  type SchemaSnapshot,
  update,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import { isServer } from "../support/server-version.ts";

let database: TestDatabase;
let sql: TestDatabase["sql"];
let schema: SchemaSnapshot;
const sent: string[] = [];
const onStatement = ({ text }: { readonly text: string }): void => void sent.push(text);

beforeAll(async () => {
  database = await testDatabase();
  ({ sql } = database);
});
afterAll(() => database.drop());

beforeEach(async () => {
  if (!isServer(18)) return;
  sent.length = 0;
  await sql.unsafe(`drop schema public cascade; create schema public; create extension btree_gist;
    create table stay (id int, during daterange, note text, primary key (id, during without overlaps));
    create table meal (id int primary key, stay int, during daterange,
      foreign key (stay, period during) references stay (id, period during));
    create table room (id int, used int4range, unique (id, used without overlaps));
    create table guest (id int primary key);
    create table stay_guest (stay int, during daterange, guest int references guest, primary key (stay, during, guest),
      foreign key (stay, period during) references stay (id, period during));
    insert into stay values (1, '[2026-01-01,2026-02-01)', 'a'); insert into guest values (1)`);
  schema = await loadSchema(sql);
});

const DURING = "[2026-01-01,2026-02-01)";
const LATER = "[2026-02-01,2026-03-01)";

async function stored(table = "stay"): Promise<unknown> {
  return await sql
    .unsafe(
      `select id, ${table === "stay" ? "during::text, note" : "used::text"} from ${table} order by 1, 2`,
    )
    .values();
}

test.if(isServer(18))(
  "nested rows over a PERIOD foreign key are rejected before anything is sent",
  async () => {
    const calls = [
      () =>
        insert(sql, schema, "stay", { id: 2, during: DURING, meal: [{ id: 1 }] } as never, {
          include: nest({ meal: true }),
          onStatement,
        }),
      () =>
        insert(sql, schema, "meal", { id: 1, of: { id: 2, during: DURING } } as never, {
          include: nest({ of: { table: "stay" } }),
          onStatement,
        }),
      () =>
        insertMany(sql, schema, "stay", [{ id: 2, during: DURING, meal: [{ id: 1 }] }] as never, {
          include: nest({ meal: true }),
          onStatement,
        }),
    ];
    for (const call of calls) {
      const error = await failure(Promise.resolve().then(call as () => Promise<unknown>));
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toContain("a PERIOD foreign key");
    }
    expect(sent).toEqual([]);
  },
);

test.if(isServer(18))("link does not use a junction table with a PERIOD foreign key", async () => {
  await expect(link(sql, schema, "stay", { id: 1, during: DURING }, "guest", [1])).rejects.toThrow(
    "no junction table links stay and guest",
  );
});

test.if(isServer(18))(
  "lookup returns the row with an equal key, and inserts a row whose period is free",
  async () => {
    const options = { returning: ["note"] as never, onStatement };
    expect(await lookup(sql, schema, "stay", { id: 1, during: DURING, note: "b" }, options)).toEqual({
      note: "a",
    } as never);
    sent.length = 0;
    expect(await lookup(sql, schema, "stay", { id: 1, during: LATER, note: "b" }, options)).toEqual({
      note: "b",
    } as never);
    expect(sent.at(-1)).toBe(
      'INSERT INTO "public"."stay" ("id", "during", "note") VALUES ($1::text::int4, $2::text::daterange, $3::text) ON CONFLICT ON CONSTRAINT "stay_pkey" DO NOTHING RETURNING "note"',
    );
    expect(await stored()).toEqual([
      [1, DURING, "a"],
      [1, LATER, "b"],
    ]);
  },
);

test.if(isServer(18))("lookup rejects a period that overlaps the period of another row", async () => {
  const row = { id: 1, during: "[2026-01-20,2026-02-10)", note: "b" };
  await expect(lookup(sql, schema, "stay", row)).rejects.toThrow(
    "stay: stay_pkey (id, during): another row overlaps the period, or a trigger suppressed the insert; nothing was written",
  );
  expect(await stored()).toEqual([[1, DURING, "a"]]);
});

test.if(isServer(18))("lookup finds a unique key WITHOUT OVERLAPS by its columns", async () => {
  const key = { key: ["id", "used"] } as const;
  for (const used of ["[1,3)", "[1,3)", "[3,5)"])
    await lookup(sql, schema, "room", { id: 1, used }, key as never);
  expect(await stored("room")).toEqual([
    [1, "[1,3)"],
    [1, "[3,5)"],
  ]);
  await expect(lookup(sql, schema, "room", { id: 1, used: "[2,9)" }, key as never)).rejects.toThrow(
    "another row overlaps the period",
  );
});

test.if(isServer(18))(
  'upsert and upsertMany leave an overlapping row unchanged with update: "nothing", and cannot update it',
  async () => {
    const overlapping = { id: 1, during: "[2026-01-20,2026-02-10)", note: "b" };
    const free = { id: 1, during: LATER, note: "c" };
    expect(
      await upsert(sql, schema, "stay", overlapping, { update: "nothing", returning: true }),
    ).toBeUndefined();
    expect(
      await upsertMany(sql, schema, "stay", [overlapping, free], { update: "nothing", returning: ["note"] }),
    ).toEqual([{ note: "c" }]);
    expect(await upsertMany(sql, schema, "stay", [overlapping, free], { update: "nothing" })).toBe(0);
    expect(await stored()).toEqual([
      [1, DURING, "a"],
      [1, LATER, "c"],
    ]);
    await expect(upsert(sql, schema, "stay", free)).rejects.toThrow(
      'stay: stay_pkey (id, during) cannot be a conflict target: it is an exclusion constraint, which requires update: "nothing"',
    );
  },
);

test.if(isServer(18))("get and update identify a row by its entire key", async () => {
  await update(sql, schema, "stay", { id: 1, during: DURING, note: "z" });
  expect(await get(sql, schema, "stay", { id: 1, during: DURING })).toMatchObject({ note: "z" });
  expect(await get(sql, schema, "stay", { id: 1, during: LATER })).toBeUndefined();
});

test.if(isServer(18))("a new foreign key to a key WITHOUT OVERLAPS is a PERIOD foreign key", async () => {
  let now = (await createTable(
    sql,
    schema,
    "bill",
    { id: "int", stay: "int", during: "daterange" },
    { foreignKeys: [{ columns: ["stay", "during"], references: "stay" }] },
  )) as SchemaSnapshot;
  expect(foreignKeys(now, "bill")).toMatchObject([{ period: true, columns: ["stay", "during"] }]);
  await sql.unsafe("create table tip (id int primary key, stay int, during daterange)");
  now = await loadSchema(sql);
  now = await addForeignKey(sql, now, "tip", ["stay", "during"], "stay");
  await insert(sql, now, "tip", { id: 1, stay: 1, during: "[2026-01-05,2026-01-06)" });
  await expect(insert(sql, now, "tip", { id: 2, stay: 1, during: LATER })).rejects.toThrow(
    "tip_stay_during_fkey",
  );
  expect(() => createLinkTableSql(now, "stay", "guest")).toThrow(
    "stay: link relates rows by equality, and the primary key is WITHOUT OVERLAPS; create the table with createTable",
  );
});
