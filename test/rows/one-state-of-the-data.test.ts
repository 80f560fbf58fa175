// Statements that belong together see the same state of the data, even if another session writes between them.
import { describe, expect, test } from "bun:test";
import { expr, page, rowsAndCount, rowsWhere, traced } from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

// `pass` waits while the test holds the lock.
const { database, sql, schema, plain } = await testTables(
  `create table item (id int primary key); create table part (id int primary key, item_id int not null references item);
   create table bolt (id int primary key, part_id int not null references part);
   create function pass() returns boolean language sql volatile as
     $$ select pg_advisory_xact_lock_shared(3) is not null $$;`,
  `truncate item, part, bolt; insert into item values (1), (2); insert into part values (1, 1), (2, 2);
   insert into bolt values (1, 1), (2, 2)`,
);

// Other tests wait for locks in databases of the same server.
const WAITING =
  "select from pg_locks join pg_database d on d.oid = database where datname = current_database() and objid = 3 and not granted";

const writer = database.connect({ max: 2 });

/** Runs a call whose first statement waits in \`pass\` while another session writes a row with its related rows. */
async function whileWriting<Result>(call: () => Promise<Result>): Promise<Result> {
  const lock = await writer.reserve();
  await lock`select pg_advisory_lock(3)`;
  const result = call();
  await until(async () => (await lock.unsafe(WAITING)).length === 1);
  await writer.unsafe(
    "insert into item values (3); insert into part values (3, 3); insert into bolt values (3, 3)",
  );
  await lock`select pg_advisory_unlock(3)`;
  lock.release();
  return await result;
}

const where = expr`pass()`;
const PART = { parts: { table: "part", many: true, select: ["id"] } } as const;

describe("with a write between its statements", () => {
  test("page with total counts the rows that it returns", async () => {
    const { rows, total } = await whileWriting(() =>
      page(sql, schema, "item", { where, limit: 9, total: true }),
    );
    expect([rows.length, total]).toEqual([2, 2]);
    expect(await plain("select count(*)::int from item")).toEqual([[3]]);
  });

  test("page with total and include returns the related rows of its rows", async () => {
    const options = { where, limit: 9, total: true, include: PART } as const;
    const { rows, total } = await whileWriting(() => page(sql, schema, "item", options as never));
    expect([rows, total] as unknown).toEqual([
      [
        { id: 1, parts: [{ id: 1 }] },
        { id: 2, parts: [{ id: 2 }] },
      ],
      2,
    ]);
  });

  test("rowsAndCount counts the rows that it returns", async () => {
    const { rows, count } = (await whileWriting(() =>
      rowsAndCount(sql, schema, "item", { where }),
    )) as never as {
      rows: unknown[];
      count: number;
    };
    expect([rows.length, count]).toEqual([2, 2]);
  });
});

test("a page without total and include is one statement without a transaction", async () => {
  const texts: string[] = [];
  const handle = traced(sql, ({ text }) => texts.push(text));
  await page(handle, schema, "item", { limit: 1 });
  expect(texts.map(text => text.slice(0, 6))).toEqual(["SELECT"]);
});

const levels = (condition: ReturnType<typeof expr>): object => ({
  parts: {
    table: "part",
    many: true,
    select: ["id"],
    include: { bolts: { table: "bolt", many: true, select: ["id"], where: condition } },
  },
});

test("include of three levels waits for a slow third level", async () => {
  const include = levels(expr`pg_sleep(0.05) is not null`);
  expect(await rowsWhere(sql, schema, "item", { orderBy: "id", include: include as never })).toEqual([
    { id: 1, parts: [{ id: 1, bolts: [{ id: 1 }] }] },
    { id: 2, parts: [{ id: 2, bolts: [{ id: 2 }] }] },
  ] as never);
});

test("an error in the third level of include rejects the call", async () => {
  const include = levels(expr`1 / (id - id) = 1`);
  const error = await failure(rowsWhere(sql, schema, "item", { include: include as never }));
  expect(error.message).toContain("division by zero");
});
