import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { exportRows, type FileFormat, importRows } from "../../src/files/index.ts";
import { loadSchema, type SchemaSnapshot, tableNames } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { MATRIX, NOT_STORABLE } from "../support/type-cases.ts";
import { USER_TYPES, USER_TYPES_SQL } from "../support/user-type-cases.ts";

const FORMATS: readonly FileFormat[] = ["csv", "tsv", "json", "ndjson"];

let store: MusicStore;
beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

const others: TestDatabase[] = [];
afterAll(() => Promise.all(others.map(({ drop }) => drop())));
async function database(template: string): Promise<TestDatabase & { readonly schema: SchemaSnapshot }> {
  const made = await testDatabase({ template });
  others.push(made);
  return { ...made, schema: await loadSchema(made.sql) };
}

describe.each(FORMATS)("%s", format => {
  test("every table of the music store is restored unchanged", async () => {
    const { sql, schema } = store;
    for (const name of tableNames(schema)) {
      const text = await new Response(exportRows(sql, schema, name, { format })).text();
      await sql.unsafe(`create table copied (like "${name}" including generated)`);
      const written = await importRows(sql, await loadSchema(sql), "copied", text, { format });
      const [{ differing, rows }] = await sql.unsafe(`select
        (select count(*)::int from (table "${name}" except all table copied) d) as differing, (select count(*)::int from "${name}") as rows`);
      expect([name, differing, written]).toEqual([name, 0, rows]);
      await sql`drop table copied`;
    }
  });

  test("values of every type are restored unchanged", async () => {
    const { sql } = await database(USER_TYPES_SQL);
    // JSON null is exported as NULL.
    const isJson = format === "json" || format === "ndjson";
    const types = Object.entries({ ...MATRIX, ...USER_TYPES }).filter(([type]) => !NOT_STORABLE.has(type));
    for (const [index, [type, cases]] of types.entries()) {
      const literals = cases.map(([literal]) => literal).filter(literal => !(isJson && literal === "null"));
      await sql.unsafe(`create table t${index} (n int, value ${type})`);
      for (const [n, literal] of literals.entries())
        await sql.unsafe(`insert into t${index} values (${n}, '${literal.replaceAll("'", "''")}')`);
      await sql
        .unsafe(`insert into t${index} values (-1, null); create table u${index} (like t${index})`)
        .simple();
    }
    await sql`create table t_parts (n int, value float8[], "at" point, bytes bytea[], docs jsonb[], p pair)`;
    await sql.unsafe(
      `insert into t_parts values (1, '{NaN,-0,1}', '(NaN,-0)', array['\\x00ff'::bytea], array['{"a": 1}'::jsonb], '(1,x)')`,
    );
    await sql`create table u_parts (like t_parts)`;
    const schema = await loadSchema(sql);
    const parts = await new Response(exportRows(sql, schema, "t_parts", { format })).text();
    await importRows(sql, schema, "u_parts", parts, { format });
    expect(await sql`select u_parts::text from u_parts`.values()).toEqual(
      await sql`select t_parts::text from t_parts`.values(),
    );
    for (const [index, [type]] of types.entries()) {
      const text = await new Response(exportRows(sql, schema, `t${index}`, { format })).text();
      await importRows(sql, schema, `u${index}`, text, { format }).catch(error => {
        throw new Error(`${type}: ${text}`, { cause: error });
      });
      const read = (name: string): Promise<unknown[]> =>
        sql.unsafe(`select n, value::text as value from ${name}${index} order by n`);
      expect([type, ...(await read("u"))]).toEqual([type, ...(await read("t"))]);
    }
  });
});

test("a column of NULLs is restored, and an empty line is ignored if there are several columns", async () => {
  const { sql, schema } = await database(
    "create table t (a text); insert into t values (null), ('x'), (null), ('')",
  );
  const text = await new Response(exportRows(sql, schema, "t", { format: "csv" })).text();
  expect(text).toBe('a\n\nx\n\n""\n');
  await sql`truncate t`;
  expect(await importRows(sql, schema, "t", text, { format: "csv" })).toBe(4);
  expect(await sql`select a from t`.values()).toEqual([[null], ["x"], [null], [""]]);
  const two = await database("create table t (a text, b text)");
  expect(await importRows(two.sql, two.schema, "t", "a,b\n1,2\n\n3,4\n\n", { format: "csv" })).toBe(2);
});

test.each(["json", "ndjson"] as const)("%s: numbers keep all digits", async format => {
  const { sql, schema } = await database("create table t (doc jsonb, n numeric, list numeric[], big int8)");
  const long = "0.12345678901234567890123456789";
  const row = `{"doc":{"a":[${long},12345678901234567890]},"n":${long},"list":[${long}],"big":9007199254740993}\n`;
  await importRows(sql, schema, "t", row, { format });
  expect(await sql`select doc::text, n::text, list::text, big::text from t`.values()).toEqual([
    [`{"a": [${long}, 12345678901234567890]}`, long, `{${long}}`, "9007199254740993"],
  ]);
  const text = await new Response(exportRows(sql, schema, "t", { format })).text();
  await importRows(sql, schema, "t", text, { format });
  expect(await sql`select count(distinct t::text)::int, count(*)::int from t`.values()).toEqual([
    [1, 2],
  ] as never);
});
