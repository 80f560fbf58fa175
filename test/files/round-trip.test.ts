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

describe("every table of the music store is restored unchanged", () => {
  let schema: SchemaSnapshot;
  beforeAll(async () => {
    const copies = tableNames(store.schema).map(
      name => `create table copied."${name}" (like public."${name}" including generated);`,
    );
    await store.sql.unsafe(`create schema copied; ${copies.join(" ")}`);
    schema = await loadSchema(store.sql, { schemas: ["public", "copied"] });
  });

  test.each(FORMATS)("%s", async format => {
    const { sql } = store;
    for (const name of tableNames(store.schema)) {
      const text = await new Response(exportRows(sql, schema, name as never, { format })).text();
      const written = await importRows(sql, schema, `copied.${name}` as never, text, { format });
      const [{ differing, rows }] = await sql.unsafe(`select
        (select count(*)::int from (table "${name}" except all table copied."${name}") d) as differing, (select count(*)::int from "${name}") as rows`);
      expect([name, differing, written]).toEqual([name, 0, rows]);
      await sql.unsafe(`delete from copied."${name}"`);
    }
  });
});

describe("values of every type are restored unchanged", () => {
  // A column of each type; a row has the value at the same place of each type, or NULL.
  const types = Object.entries({ ...MATRIX, ...USER_TYPES }).filter(([type]) => !NOT_STORABLE.has(type));
  const length = Math.max(...types.map(([, cases]) => cases.length));
  let sql: TestDatabase["sql"];
  let schema: SchemaSnapshot;
  beforeAll(async () => {
    ({ sql } = await database(USER_TYPES_SQL));
    const columns = types.map(([type], index) => `v${index} ${type}`).join(", ");
    const rows = Array.from({ length: length + 1 }, (_, n) => {
      const values = types.map(([, cases]) => {
        const literal = cases[n]?.[0];
        return literal === undefined ? "null" : `'${literal.replaceAll("'", "''")}'`;
      });
      return `(${n}, ${values.join(", ")})`;
    });
    await sql.unsafe(`create table t (n int, ${columns}); insert into t values ${rows.join(", ")};
      create table u (like t);
      create table t_parts (n int, value float8[], "at" point, bytes bytea[], docs jsonb[], p pair);
      insert into t_parts values (1, '{NaN,-0,1}', '(NaN,-0)', array['\\x00ff'::bytea], array['{"a": 1}'::jsonb], '(1,x)');
      create table u_parts (like t_parts)`);
    schema = await loadSchema(sql);
  });

  test.each(FORMATS)("%s", async format => {
    for (const name of ["t", "t_parts"]) {
      const text = await new Response(exportRows(sql, schema, name, { format })).text();
      await importRows(sql, schema, name.replace("t", "u"), text, { format });
    }
    expect(await sql`select u_parts::text from u_parts`.values()).toEqual(
      await sql`select t_parts::text from t_parts`.values(),
    );
    // JSON null is exported as NULL.
    const isJson = format === "json" || format === "ndjson";
    const read = async (name: string): Promise<unknown[]> => {
      const texts = types.map(([type], index) => {
        const text = `v${index}::text`;
        return `${isJson && name === "t" && /^jsonb?$/.test(type) ? `nullif(${text}, 'null')` : text} as "${index} ${type.replaceAll('"', '""')}"`;
      });
      return await sql.unsafe(`select n, ${texts.join(", ")} from ${name} order by n`);
    };
    expect([...(await read("u"))]).toEqual([...(await read("t"))]);
    await sql`delete from u`;
    await sql`delete from u_parts`;
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

test.each(["json", "ndjson"] as const)(
  "%s: JSON inside arrays and composite values is JSON itself",
  async format => {
    const { sql, schema } = await database(
      "create type pair as (a int, doc jsonb); create table t (docs jsonb[], pair pair, pairs pair[])",
    );
    const long = "0.12345678901234567890123456789";
    const docs = `[{"n":${long}},2,"x",null,[1],"[1]"]`;
    const row = `{"docs":${docs},"pair":{"a":1,"doc":{"k":${long}}},"pairs":[{"a":1,"doc":"x"}]}\n`;
    await importRows(sql, schema, "t", row, { format });
    const query = "select to_jsonb(docs)::text, to_jsonb(pair)::text, to_jsonb(pairs)::text from t";
    expect(await sql.unsafe(query).values()).toEqual([
      [
        `[{"n": ${long}}, 2, "x", null, [1], "[1]"]`,
        `{"a": 1, "doc": {"k": ${long}}}`,
        '[{"a": 1, "doc": "x"}]',
      ],
    ] as never);
  },
);
