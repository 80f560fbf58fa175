import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { exportRows, type FileFormat, formatRows, importRows } from "../../src/files/index.ts";
import { loadSchema, rowsWhere, type SchemaSnapshot, tableNames } from "../../src/index.ts";
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
  "%s: integers beyond 2^53 that JavaScript does not round are stored",
  async format => {
    const { sql, schema } = await database(`create domain amount as numeric(40);
    create table t (big int8, n numeric, bigs int8[], span int8range, ratio float8, doc json, wei amount)`);
    const rows = [
      '{"big":9007199254740992,"n":1e20,"bigs":[10000000000000000,-9007199254740994],"wei":1000000000000000000}',
      '{"big":1e16,"n":1e25,"span":{"lower":1e16,"upper":null,"bounds":"[)"},"ratio":1e16,"doc":{"a":1e16}}',
    ];
    const text = format === "json" ? `[${rows.join(",")}]` : rows.join("\n");
    await importRows(sql, schema, "t", text, { format });
    expect(await sql`select t::text from t`.values()).toEqual([
      [
        '(9007199254740992,100000000000000000000,"{10000000000000000,-9007199254740994}",,,,1000000000000000000)',
      ],
      [
        '(10000000000000000,10000000000000000000000000,,"[10000000000000000,)",1e+16,"{""a"":10000000000000000}",)',
      ],
    ] as never);
  },
);

test.each(["json", "ndjson"] as const)(
  "%s: documents inside arrays and composite values are JSON, as formatRows writes them",
  async format => {
    const { sql, schema } = await database(`create type noted as (doc jsonb, docs json[]);
      create table t (id int, docs jsonb[], texts json[], note noted, notes noted[], spans int4multirange[]);
      create table u (like t)`);
    const long = "12345678901234567890.10";
    const docs = [{ a: [1, { b: null }] }, [1, [2]], "text", '{"a":1}', 7, true, null];
    const note = { doc: { a: 1 }, docs: [["x"], { y: "z" }] };
    const span = { lower: 1, upper: 3, bounds: "[)" } as const;
    const row = { id: 1, docs, texts: docs, note, notes: [note, null], spans: [[span], []] };
    await importRows(sql, schema, "t", JSON.stringify(row).replace("7,", `${long},`), { format });
    expect(
      await sql.unsafe(
        `select docs = array['{"a":[1,{"b":null}]}', '[1,[2]]', '"text"', '"{\\"a\\":1}"', '${long}', 'true', null]::jsonb[]
           and texts::text[] = array['{"a":[1,{"b":null}]}', '[1,[2]]', '"text"', '"{\\"a\\":1}"', '7', 'true', null]
           and (note).doc = '{"a":1}' and (note).docs::text[] = array['["x"]', '{"y":"z"}']
           and notes::text = array[note, null]::text and spans = array['{[1,3)}', '{}']::int4multirange[] as same from t`,
      ),
    ).toEqual([{ same: true }] as never);
    await sql.unsafe("update t set docs[5] = '7'");
    const rows = await rowsWhere(sql, schema, "t");
    await importRows(sql, schema, "u", formatRows(rows, format), { format });
    expect(await rowsWhere(sql, schema, "u")).toEqual(rows);
  },
);
