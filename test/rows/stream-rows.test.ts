import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  ArgumentError,
  expr,
  gt,
  loadSchema,
  QueryError,
  type QueryEvent,
  rowsWhere,
  type SchemaSnapshot,
  streamRows,
  TimeoutError,
  traced,
  transaction,
  type Where,
  withConnection,
} from "../../src/index.ts";
import { cursorSql, rowsWhereSql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `create table line (id int primary key, at timestamptz, tags text[]);
      insert into line select id, '2024-01-01Z'::timestamptz + id * interval '1 ms', array['a', id::text] from generate_series(1, 2500) id`,
  });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

async function collect<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  return await Array.fromAsync(rows);
}
const openConnections = async (): Promise<number> =>
  Number(
    (
      await database.sql`select count(*) as n from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`
    )[0].n,
  );

test("streamRows reads all rows through a cursor in its own transaction", async () => {
  const { sent, onStatement } = recorder();
  const options = { where: { id: gt(10) }, orderBy: "id" } as const;
  const rows = await collect(streamRows(database.sql, schema, "line", { ...options, onStatement }));
  expect(rows).toEqual(await rowsWhere(database.sql, schema, "line", options));
  expect(sent.map(({ text, params }) => [text, params])).toEqual([
    [
      'DECLARE "rowfn_1" NO SCROLL CURSOR FOR SELECT "id", "at", "tags" FROM "public"."line" WHERE "id" > $1::text::int4 ORDER BY "line"."id"',
      ["10"],
    ],
    ['FETCH 1000 FROM "rowfn_1"', []],
    ['FETCH 1000 FROM "rowfn_1"', []],
    ['FETCH 1000 FROM "rowfn_1"', []],
  ]);
  expect(await openConnections()).toBe(0);
});

test("a trace and an error contain the statement of the cursor without values", async () => {
  const events: QueryEvent[] = [];
  const sql = traced(database.sql, event => void events.push(event), { redact: true });
  const read = (where: Where) =>
    collect(streamRows(sql, schema, "line", { where: where as never, select: ["id"] }));
  await read({ id: 424_242 });
  expect(JSON.stringify(events)).not.toContain("424242");
  expect(events.map(({ text }) => text)).toEqual([
    'DECLARE "rowfn_1" NO SCROLL CURSOR FOR SELECT "id" FROM "public"."line" WHERE "id" = $1::text::int4',
    "COMMIT",
  ]);
  const error = await read(expr`id / ${424_242} / 0 = 1`).catch(reason => reason);
  expect(error.message).toContain("division by zero [22012]");
  expect(error.message).not.toContain("424242");
});

test("an error has no position, which would refer to a text that the caller does not see", async () => {
  const where = expr`no_such_function(${5})` as never;
  const error = (await failure(collect(streamRows(database.sql, schema, "line", { where })))) as QueryError;
  expect([error.sqlstate, error.position]).toEqual(["42883", undefined]);
  expect(error.message).toEndWith(`  in: ${error.text}`);
});

test("a loop that ends early releases the connection", async () => {
  for (let round = 0; round < 20; round++) {
    const seen: unknown[] = [];
    for await (const { id } of streamRows(database.sql, schema, "line", { orderBy: "id", batch: 10 })) {
      seen.push(id);
      if (seen.length === 15) break;
    }
    expect(seen).toHaveLength(15);
  }
  const failing = (async () => {
    for await (const _ of streamRows(database.sql, schema, "line")) throw new RangeError("enough");
  })();
  expect(await failing.catch(error => error)).toEqual(new RangeError("enough"));
  expect(await openConnections()).toBe(0);
});

test("in a transaction several streams run concurrently, and the transaction continues after them", async () => {
  await transaction(database.sql, async tx => {
    await tx`insert into line values (5000, null, '{}')`;
    const ids: unknown[] = [];
    for await (const { id } of streamRows(tx, schema, "line", {
      where: { id: gt(2497) },
      orderBy: "id",
      batch: 1,
    }))
      for await (const inner of streamRows(tx, schema, "line", {
        where: { id: id as number },
        select: ["id"],
      }))
        ids.push(inner.id);
    expect(ids).toEqual([2498, 2499, 2500, 5000]);
    expect((await tx`select 1 as one`)[0].one).toBe(1);
    await tx`delete from line where id = 5000`;
  });
});

test("several streams of one connection run concurrently", async () => {
  const ids = await withConnection(database.sql, async connection => {
    const found: unknown[] = [];
    const where = { id: gt(2497) } as const;
    for await (const { id } of streamRows(connection, schema, "line", { where, orderBy: "id", batch: 1 }))
      for await (const inner of streamRows(connection, schema, "line", { where: { id: id as number } }))
        found.push(inner.id);
    return found;
  });
  expect(ids).toEqual([2498, 2499, 2500]);
  expect(await openConnections()).toBe(0);
});

test("a loop on a connection that ends early keeps what was written to a temporary table", async () => {
  const stored = await withConnection(database.sql, async connection => {
    await connection`create temp table seen (id int)`;
    for await (const { id } of streamRows(connection, schema, "line", { orderBy: "id", batch: 1 })) {
      await connection`insert into seen values (${id}::int)`;
      if (id === 2) break;
    }
    return await connection`select id from seen order by id`.values();
  });
  expect([...stored]).toEqual([[1], [2]]);
});

test("a loop that is left when its signal is aborted leaves no transaction on its connection", async () => {
  const end = new AbortController();
  await withConnection(database.sql, async connection => {
    for await (const _ of streamRows(connection, schema, "line", { batch: 1, signal: end.signal })) {
      end.abort(new RangeError("enough"));
      break;
    }
    expect(await openConnections()).toBe(0);
  });
});

test("a signal that is aborted in the loop ends it before the next row of the batch", async () => {
  const end = new AbortController();
  const reason = new RangeError("enough");
  const read: unknown[] = [];
  const loop = async (): Promise<void> => {
    for await (const row of streamRows(database.sql, schema, "line", { orderBy: "id", signal: end.signal })) {
      read.push(row);
      end.abort(reason);
    }
  };
  expect(await failure(loop())).toBe(reason);
  expect(read).toHaveLength(1);
  expect(await openConnections()).toBe(0);
});

test("the timeout of a loop includes the time that its body takes", async () => {
  let read = 0;
  const loop = async (): Promise<void> => {
    for await (const _ of streamRows(database.sql, schema, "line", { timeout: 400 })) {
      read++;
      await Bun.sleep(500);
    }
  };
  expect(await failure(loop())).toBeInstanceOf(TimeoutError);
  expect(read).toBeLessThan(2);
});

test("nothing is sent before iteration starts, and invalid arguments throw immediately", async () => {
  const { sent, onStatement } = recorder();
  streamRows(database.sql, schema, "line", { onStatement });
  expect(sent).toEqual([]);
  expect(() => streamRows(database.sql, schema, "line", { orderBy: "nope" as never })).toThrow(
    'has no column "nope"',
  );
  expect(() => streamRows(database.sql, schema, "line", { batch: 0 })).toThrow(ArgumentError);
  expect(() => cursorSql(rowsWhereSql(schema, "line"), "lines", 0)).toThrow(
    "batch must be a positive integer, received 0",
  );
});

test("a server error is thrown in the loop, and the pool remains usable", async () => {
  const rows = streamRows(database.sql, schema, "line", {
    where: expr`1 / (id - 2000) > -10`,
    orderBy: "id",
  });
  expect(await collect(rows).catch(error => error)).toBeInstanceOf(QueryError);
  expect(await openConnections()).toBe(0);
  expect((await database.sql`select 1 as one`)[0].one).toBe(1);
});

test("a lock is only possible in a transaction of the caller, because the own transaction is read-only", async () => {
  const options = { lock: "update", limit: 1, select: ["id"] } as const;
  expect(() => streamRows(database.sql, schema, "line", options)).toThrow(
    new ArgumentError(
      "line: streamRows reads in a read-only transaction of its own, in which rows cannot be locked; pass the handle of a transaction",
    ),
  );
  const read = transaction(
    database.sql,
    async tx => await Array.fromAsync(streamRows(tx, schema, "line", options)),
  );
  expect(await read).toHaveLength(1);
});
