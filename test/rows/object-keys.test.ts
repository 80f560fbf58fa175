// A key may be an array or an object. Every function that takes a key accepts every key that a function returns.
import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { keySchema } from "../../src/http/index.ts";
import { keySegment } from "../../src/http/query/key-schema.ts";
import {
  deleteMany,
  deleteRow,
  get,
  getMany,
  getOrThrow,
  pksAndRowsWhere,
  rowLoader,
  rowsWhere,
  update,
  updateMany,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const TYPES: readonly (readonly [name: string, type: string, values: readonly [string, string]])[] = [
  ["texts", "text[]", [`'{a,b}'`, `'{}'`]],
  ["texts_one", "text[]", [`'{a}'`, `'{{a},{b}}'`]],
  ["ints", "int[]", [`'{1,2}'`, `'{1}'`]],
  ["nulls", "int[]", [`'{NULL}'`, `'{1,NULL}'`]],
  ["jsons", "jsonb", [`'{"a": 1}'`, `'{"k": 1}'`]],
  ["json_lists", "jsonb", ["'[1]'", "'[1, 2]'"]],
  ["json_deep", "jsonb", [`'[[{"k": 2}]]'`, `'{"k": {"k": 1}}'`]],
  ["json_pairs", "jsonb", [`'{"k": 1, "x": 2}'`, `'{"a": 1, "k": 2}'`]],
  ["json_scalars", "jsonb", ["'null'", `'"x"'`]],
  ["ranges", "int4range", ["'[1,5)'", "'empty'"]],
  ["multiranges", "int4multirange", ["'{[1,5)}'", "'{}'"]],
  ["many_ranges", "int4multirange", ["'{[1,5),[7,9)}'", "'{(,)}'"]],
  ["composites", "pair", [`'(1,x)'`, `'(1,)'`]],
  ["same_name", "single", ["'(1)'", "'(2)'"]],
  ["bytes", "bytea", [`'\\x00ff'`, `'\\x'`]],
  ["domains", "int_list", [`'{1}'`, `'{1,2}'`]],
  ["days", "date", ["'2026-01-01'", "'infinity'"]],
  ["moments", "timestamptz", ["'2026-01-01 00:00:00.123456+00'", "'infinity'"]],
  ["moment_lists", "timestamptz[]", [`'{"2026-01-01 00:00:00.123456+00"}'`, "'{infinity}'"]],
  ["moment_ranges", "tstzrange", [`'["2026-01-01 00:00:00.123456+00",)'`, "'empty'"]],
  ["moment_pairs", "moment_pair", [`'("2026-01-01 00:00:00.123456+00",1)'`, `'(,1)'`]],
  ["amounts", "numeric", ["1.50", "'NaN'"]],
  ["doubles", "float8", ["0.1::float8 + 0.2::float8", "'-Infinity'"]],
  ["words", `"char"`, ["'a'", "'b'"]],
  ["spans", "interval", ["'1 mon -2 days'", "'24:00'"]],
];

const tables = TYPES.map(([name, type]) => `create table ${name} (k ${type} primary key, x int)`);
const { sql, schema } = await testTables(
  `create type pair as (a int, b text); create type single as (k int); create domain int_list as int[];
   create type moment_pair as (at timestamptz, n int); ${tables.join(";")}`,
  TYPES.map(([name, , [a, b]]) => `truncate ${name}; insert into ${name} values (${a}, 1), (${b}, 2)`).join(
    ";",
  ),
);

describe.each(TYPES)("%s: %s", table => {
  test("each key finds, changes and deletes its row", async () => {
    const pairs = await pksAndRowsWhere(sql, schema, table, { orderBy: "x" });
    const keys = pairs.map(([key]) => key);
    for (const [key, row] of pairs) {
      expect(await get(sql, schema, table, key)).toEqual(row);
      const value = table.startsWith("json") ? row["k"] : key;
      expect(await get(sql, schema, table, { k: value })).toEqual(row);
      expect(await getMany(sql, schema, table, [key])).toEqual([row]);
    }
    const load = rowLoader(sql, schema, table);
    const rows = pairs.map(([, row]) => row);
    expect(await Promise.all(keys.map(key => load(key)))).toEqual(rows);
    expect(await Promise.all(keys.map(key => getOrThrow(sql, schema, table, key)))).toEqual(rows);
    expect(await getMany(sql, schema, table, keys)).toEqual(rows);
    expect(await deleteRow(sql, schema, table, keys[0])).toEqual(pairs[0]![1]);
    expect(await deleteMany(sql, schema, table, keys)).toBe(1);
  });

  // A Date inside another type cannot identify a row.
  if (table.startsWith("moment_")) return;

  test("the path segment of a row is parsed as its key", async () => {
    for (const row of await rowsWhere(sql, schema, table)) {
      const segment = keySegment(schema, table, row);
      const key = v.parse(keySchema(schema, table), decodeURIComponent(segment));
      expect(await get(sql, schema, table, key)).toEqual(row);
    }
  });

  test("a row that was read can be updated and upserted", async () => {
    const rows = await rowsWhere(sql, schema, table, { orderBy: "x" });
    for (const row of rows) await update(sql, schema, table, { ...row, x: 10 });
    for (const row of rows) await upsert(sql, schema, table, { ...row, x: (row["x"] as number) + 10 });
    await updateMany(
      sql,
      schema,
      table,
      rows.map(row => ({ ...row, x: (row["x"] as number) + 20 })),
    );
    await upsertMany(
      sql,
      schema,
      table,
      rows.map(row => ({ ...row, x: (row["x"] as number) + 30 })),
    );
    const stored = await rowsWhere(sql, schema, table, { orderBy: "x" });
    expect(stored).toEqual(rows.map(row => ({ ...row, x: (row["x"] as number) + 30 })));
  });
});

test("an object with the name of a jsonb key and other names is the value itself", async () => {
  const row = { k: { k: 1, x: 2 }, x: 1 };
  expect(await get(sql, schema, "json_pairs", row.k)).toEqual(row);
  expect(await pksAndRowsWhere(sql, schema, "json_pairs", { where: { x: 1 } })).toEqual([[row.k, row]]);
});
