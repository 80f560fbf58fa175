// Upserts of foreign tables while other sessions write the same rows.
import { expect, test } from "bun:test";
import { lookup, transaction, upsert, upsertMany } from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { foreignTables } from "../support/foreign-tables.ts";
import { recorder } from "../support/recording.ts";

const { database, schema, stored } = await foreignTables();

/** Runs the call while a transaction has executed `text`; the transaction commits once the call waits for a lock. */
async function meanwhile<Result>(text: string, call: () => Promise<Result>): Promise<Result> {
  const { sql } = database;
  const other = database.connect({ max: 1 });
  let running: Promise<Result> | undefined;
  await other.begin(async tx => {
    await tx.unsafe(text);
    running = call();
    running.catch(() => {});
    await until(async () => {
      const waiting =
        await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return waiting.count > 0;
    });
  });
  await other.close();
  return await running!;
}

test("a row that another session inserts or updates meanwhile is updated by the next attempt", async () => {
  const { sql } = database;
  const { sent, onStatement } = recorder();
  const insert = "insert into remote.person values (7, 'theirs', 't@x')";
  expect(
    await meanwhile(insert, () =>
      upsert(sql, schema, "person", { id: 7, name: "ours" }, { inserted: true, onStatement }),
    ),
  ).toEqual({ row: { id: 7, name: "ours", email: "t@x", visits: null, tenant: null }, inserted: false });
  expect(sent).toHaveLength(2);
  const update = "update remote.person set email = 'u@x' where id = 7";
  expect(
    await meanwhile(update, () =>
      upsertMany(sql, schema, "person", [
        { id: 7, name: "more" },
        { id: 8, name: "Hal" },
      ]),
    ),
  ).toBe(2);
  const other = "insert into remote.person values (9, 'theirs')";
  expect(
    await meanwhile(other, () =>
      lookup(sql, schema, "person", { id: 9, name: "ours" }, { returning: ["name"] }),
    ),
  ).toEqual({ name: "theirs" });
  expect((await stored()).slice(2)).toEqual([
    [7, "more", "u@x", null, null],
    [8, "Hal", null, 1, null],
    [9, "theirs", null, null, null],
  ]);
});

test("inside a transaction the violated key is reported, and a different unique key after a second attempt", async () => {
  const { sql } = database;
  const { sent, onStatement } = recorder();
  const insert = "insert into remote.person values (7, 'theirs')";
  const row = { id: 7, name: "ours" };
  const error = await failure(
    meanwhile(insert, () => transaction(sql, tx => upsert(tx, schema, "person", row, { onStatement }))),
  );
  expect(error).toMatchObject({ name: "ConstraintError", kind: "unique", columns: ["id"] });
  expect(sent).toHaveLength(1);
  const taken = { id: 8, name: "x", email: "a@x" };
  expect(await failure(upsert(sql, schema, "person", taken, { onStatement }))).toMatchObject({
    ...{ name: "ConstraintError", kind: "unique", columns: ["email"] },
  });
  expect(sent).toHaveLength(3);
  const reserved = await sql.reserve();
  await reserved.unsafe("begin");
  expect(await failure(upsert(reserved, schema, "person", taken))).toMatchObject({ columns: ["email"] });
  await reserved.unsafe("rollback");
  reserved.release();
  expect((await stored()).slice(2)).toEqual([[7, "theirs", null, null, null]]);
});

test("an exclusion constraint of the remote table is reported after a second attempt", async () => {
  const { sql } = database;
  await upsert(sql, schema, "stay", { room: 1, during: "[1,5)", guest: "Ann" });
  const error = await failure(upsert(sql, schema, "stay", { room: 2, during: "[4,6)", guest: "Ben" }));
  expect(error).toMatchObject({ name: "ConstraintError", kind: "exclusion" });
  expect(await sql`select room, guest from remote.stay`.values()).toEqual([[1, "Ann"]]);
});

test("without a unique key on the remote server every row with the key is updated", async () => {
  const { sql } = database;
  await sql`insert into remote.loose values (1, 'a'), (1, 'b')`;
  expect(
    await upsertMany(sql, schema, "loose", [
      { id: 1, name: "c" },
      { id: 2, name: "d" },
    ]),
  ).toBe(3);
  expect(await sql`select id, name from remote.loose order by id`.values()).toEqual([
    [1, "c"],
    [1, "c"],
    [2, "d"],
  ]);
});
