// What is written are the rows as they were when the function was called.
import { expect, test } from "bun:test";
import { insertMany, loadSchema, updateMany, upsertMany } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  "create table t (id int primary key, a text, b jsonb, c timestamptz, d bytea)",
  "truncate t",
);

interface Given {
  id: number;
  a?: string;
  b?: { list: string[] };
  c: Date;
  d: Uint8Array;
}

const rows = (count = 4): Given[] =>
  Array.from({ length: count }, (_, at) => ({
    id: at,
    ...(at % 2 === 0 ? { a: "old" } : { b: { list: ["old"] } }),
    c: new Date(0),
    d: new Uint8Array([1]),
  }));

/** Changes everything that the caller still has. */
function spoil(given: readonly Given[]): void {
  for (const row of given) {
    row.c.setTime(1e12);
    row.d[0] = 9;
    if (row.b !== undefined) row.b.list[0] = "new";
    Object.assign(row, { a: "new", id: row.id + 1_000_000 });
  }
}

const changed =
  "select count(*)::int from t where a = 'new' or b::text ~ 'new' or id >= 1000000 or c > 'epoch' or d <> '\\x01'";

for (const [name, write] of Object.entries({ insertMany, upsertMany } as Record<string, typeof insertMany>))
  test.each([4, 3_000, 12_000])(`${name} writes %d rows as they were when it was called`, async count => {
    for (const options of [{}, { timeout: 60_000 }, { returning: true }, { overriding: true }]) {
      await sql.unsafe("truncate t");
      const given = rows(count);
      const written = write(sql, schema, "t", given as never, options as never) as Promise<unknown>;
      spoil(given);
      await written;
      expect(await plain("select count(*)::int from t")).toEqual([[count]]);
      expect(await plain(changed)).toEqual([[0]]);
    }
  });

test("updateMany writes rows as they were when it was called", async () => {
  await sql.unsafe("insert into t (id) select generate_series(0, 3)");
  const given = rows();
  const written = updateMany(sql, schema, "t", given as never);
  spoil(given);
  await written;
  expect(await plain("select count(*)::int from t where c = 'epoch'")).toEqual([[4]]);
  expect(await plain(changed)).toEqual([[0]]);
});

test("a column and a member named __proto__ are written", async () => {
  await sql.unsafe('alter table t add "__proto__" int');
  const row = JSON.parse('{"id": 1, "__proto__": 5, "b": {"__proto__": {"x": 1}}}') as object;
  await insertMany(sql, await loadSchema(sql), "t", [row] as never);
  expect(await plain('select b::text, "__proto__" from t')).toEqual([['{"__proto__": {"x": 1}}', 5]]);
  await sql.unsafe('alter table t drop "__proto__"');
});
