// Stored values that JavaScript could read as different ones.
import { expect, test } from "bun:test";
import { expr, insert, loadSchema, q, rowsWhere } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables("create table number (small real)");

const REALS = [
  ...["9.49895e-10", "1.2345679e+08", "1.6777216e+07", "1e-45", "0.1", "3.4028235e+38"],
  // Between two decimals, between two floats, and powers of two.
  ...["-1.8212442e+06", "255.64062", "-229.39062", "4.2678528e+07", "7.5227136e+07"],
  ...["1.5474251e+26", "-1.2379401e+27", "9.671407e+24", "9.536743e-07", "1.1754944e-38"],
];
test.each(REALS)("a real has the number of PostgreSQL's shortest text: %s", async text => {
  await sql.unsafe(`truncate number; insert into number values ('${text}')`);
  expect(await rowsWhere(sql, schema, "number")).toEqual([{ small: Number(text) }]);
  // The driver returns 32 bits for a statement with parameters, and for a list.
  const [row] = await q(
    sql,
    schema,
    expr`select small, array[small] as list from number where ${1}::int4 = 1`,
  );
  expect(row).toEqual({ small: Number(text), list: [Number(text)] });
  expect(await sql`select small::text from number`.values()).toEqual([[text]] as never);
});

test("a composite value whose type has lost a field since the snapshot was loaded is rejected, one with a new field is read", async () => {
  await sql.unsafe("create type trio as (a int, b text, c text); create table stale (t trio, ts trio[])");
  await sql.unsafe("insert into stale values ('(1,x,y)', '{\"(2,x,y)\"}')");
  const old = await loadSchema(sql);
  const row = { t: { a: 1, b: "x", c: "y" }, ts: [{ a: 2, b: "x", c: "y" }] };
  await sql.unsafe("alter type trio add attribute d text");
  expect(await rowsWhere(sql, old, "stale")).toEqual([row]);
  await sql.unsafe("alter type trio drop attribute d, drop attribute b");
  expect((await failure(rowsWhere(sql, old, "stale"))).message).toBe(
    "stale.t, rows[0]: a composite value has 2 of 3 fields, so its type has changed since the snapshot was loaded; load the snapshot again",
  );
});

test("a text in an array in a composite value keeps white space that PostgreSQL does not quote", async () => {
  await sql.unsafe("create type labels as (list text[]); create table labeled (l labels)");
  const list = ["\u00a0", "10\u00a0", "\u2003a\u2003", "\ufeff", "b\u2028", " c\v"];
  const schema = await loadSchema(sql);
  await insert(sql, schema, "labeled", { l: { list } });
  expect(await sql`select array_to_json((l).list) from labeled`.values()).toEqual([[list]] as never);
  expect(await rowsWhere(sql, schema, "labeled")).toEqual([{ l: { list } }]);
});

test("composite values, arrays of them and ranges with texts of megabytes are read", async () => {
  await sql.unsafe("create type pair as (a int, b text); create type texts as range (subtype = text)");
  await sql.unsafe("create table long (p pair, ps pair[], r texts, rs texts_multirange)");
  await sql.unsafe(
    "insert into long select p, array[p], r, texts_multirange(r) from (select row(1, long)::pair p, texts('a', long) r from (select repeat('b c', 1500000) long) l) l",
  );
  const b = "b c".repeat(1_500_000);
  const range = { lower: "a", upper: b, bounds: "[)" };
  const [row] = await rowsWhere(sql, await loadSchema(sql), "long");
  expect(Bun.deepEquals(row, { p: { a: 1, b }, ps: [{ a: 1, b }], r: range, rs: [range] })).toBe(true);
});
