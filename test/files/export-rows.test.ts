import { afterAll, beforeAll, expect, test } from "bun:test";
import * as v from "valibot";
import { exportRows, type FileProgress, importRows } from "../../src/files/index.ts";
import {
  alias,
  expr,
  gt,
  insertMany,
  loadSchema,
  refine,
  type SchemaSnapshot,
  type SqlHandle,
  scope,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { until } from "../support/eventually.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";

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

test("an export applies select, where, orderBy, limit and scope; header: false omits the names", async () => {
  const { sql, schema } = store;
  const options = { select: ["name"], where: { genre_id: gt(2) }, orderBy: "genre_id", limit: 2 } as const;
  const text = (mine: SchemaSnapshot): Promise<string> =>
    new Response(exportRows(sql, mine, "genre", { ...options, format: "csv" })).text();
  const plain = await sql`select genre_id, name from genre where genre_id > 2 order by genre_id limit 2`;
  expect(await text(schema)).toBe(`name\n${plain[0].name}\n${plain[1].name}\n`);
  expect(await text(scope(schema, { genre: { genre_id: 4 } }))).toBe(`name\n${plain[1].name}\n`);
  const bare = exportRows(sql, schema, "genre", { ...options, format: "tsv", header: false });
  expect(await new Response(bare).text()).toBe(`${plain[0].name}\n${plain[1].name}\n`);
});

test("no chunk of an export is empty", async () => {
  const { sql, schema } = store;
  for (const format of ["csv", "ndjson", "json"] as const) {
    const pieces = await Array.fromAsync(exportRows(sql, schema, "genre", { format }));
    expect(pieces.length).toBeGreaterThan(0);
    expect(pieces.filter(({ length }) => length === 0)).toEqual([]);
  }
});

test("json and ndjson: arrays and composite values with NULL are JSON, those with NaN are in text format", async () => {
  const { sql, schema } = await database(`create type pair as (a int, b text);
    create table item (id int primary key, list int[], pairs pair[], one pair, numbers float8[]);
    insert into item values (1, '{1,NULL}', array[row(1, null)::pair, null], row(null, 'x'), '{1,NULL}'),
      (2, '{{NULL,2}}', '{}', null, '{NaN,NULL}')`);
  const rows = [
    '{"id":1,"list":[1,null],"pairs":[{"a":1,"b":null},null],"one":{"a":null,"b":"x"},"numbers":[1,null]}',
    '{"id":2,"list":[[null,2]],"pairs":[],"one":null,"numbers":"{\\"NaN\\",NULL}"}',
  ];
  const text = (format: "json" | "ndjson"): Promise<string> =>
    new Response(exportRows(sql, schema, "item", { format, orderBy: "id" })).text();
  expect(await text("ndjson")).toBe(`${rows.join("\n")}\n`);
  expect(await text("json")).toBe(`[\n${rows.join(",\n")}\n]\n`);
});

test("an export includes computed columns in every format, also in a transaction", async () => {
  const { sql, schema } = store;
  const select = [
    "genre_id",
    alias("day", expr`date '2026-01-31'`),
    alias("tags", expr`'{"a": 1}'::jsonb`),
    alias("half", expr`${3} / 2.0`),
  ] as const;
  const text = (handle: SqlHandle, format: "csv" | "ndjson"): Promise<string> =>
    new Response(exportRows(handle, schema, "genre", { format, select, where: { genre_id: 1 } })).text();
  const csv = 'genre_id,day,tags,half\n1,2026-01-31,"{""a"": 1}",1.5000000000000000\n';
  expect(await text(sql, "csv")).toBe(csv);
  expect(await sql.begin(tx => text(tx, "csv"))).toBe(csv.replace('"": 1', '"":1'));
  const json = '{"genre_id":1,"day":"2026-01-31","tags":{"a":1},"half":"1.5000000000000000"}\n';
  expect(await text(sql, "ndjson")).toBe(json);
  expect(await sql.begin(tx => text(tx, "ndjson"))).toBe(json);
});

test("canceling an export cancels its query and releases the connection", async () => {
  const { sql, schema } = store;
  const progress: number[] = [];
  const reader = exportRows(sql, schema, "track", {
    format: "csv",
    onProgress: ({ rows }) => progress.push(rows),
  }).getReader();
  while (progress.length === 0) await reader.read();
  await reader.cancel();
  expect(progress[0]).toBe(1_000);
  const [{ open }] = await sql`select count(*)::int as open from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%'`;
  expect(open).toBe(0);
});

test.each(["csv", "ndjson"] as const)(
  "canceling an export as %s before its first piece has arrived cancels the running query",
  async format => {
    const {
      connect,
      sql: other,
      schema,
    } = await database("create table t (id int); insert into t values (1)");
    const sql = connect({ max: 1 });
    const slow = expr`pg_sleep(300) is not null`;
    const reader = exportRows(sql, schema, "t", { format, where: slow }).getReader();
    const first = reader.read();
    const isRunning = async (): Promise<boolean> => {
      const [row] = await other`select exists (select from pg_stat_activity
        where datname = current_database() and wait_event = 'PgSleep') as is_running`;
      return row.is_running;
    };
    await until(isRunning);
    await reader.cancel();
    expect(await first).toEqual({ done: true, value: undefined });
    await until(async () => !(await isRunning()));
    expect(await sql`select 1 as one`.values()).toEqual([[1]] as never);
  },
);

test("an export is exact also with a refined snapshot", async () => {
  const { sql, schema } = await database(
    "create table t (at timestamptz, name text); insert into t values ('2026-01-02 03:04:05.123456+00', 'a')",
  );
  const refined = refine(schema, { t: { name: v.string() } });
  const text = await new Response(exportRows(sql, refined, "t", { format: "csv", select: ["at"] })).text();
  expect(text).toContain("05.123456");
});

test("a string that a spreadsheet reads as a formula is exported and imported unchanged", async () => {
  const { sql, schema } = await database("create table t (name text)");
  const names = ["=1+1", "@SUM(A1)", "+1", "-1", "\t=1", "'=1", '=HYPERLINK("x")', "=1,2"];
  await insertMany(
    sql,
    schema,
    "t",
    names.map(name => ({ name })),
  );
  for (const format of ["csv", "tsv", "json", "ndjson"] as const) {
    const text = await new Response(exportRows(sql, schema, "t", { format })).text();
    if (format === "csv") expect(text).toStartWith("name\n=1+1\n@SUM(A1)\n+1\n-1\n");
    await sql`truncate t`;
    expect(await importRows(sql, schema, "t", text, { format })).toBe(names.length);
    expect(await sql`select name from t`.values()).toEqual(names.map(name => [name]) as never);
  }
});

test("an unknown format is rejected immediately", () => {
  const format = "xml" as "csv";
  expect(() => exportRows(store.sql, store.schema, "genre", { format })).toThrow(
    'format must be csv, tsv, json or ndjson, received "xml"',
  );
});

test("long rows are read and written in small pieces, and all of them", async () => {
  const { sql, schema } = await database(
    "create table page (id int, body text); insert into page select n, repeat('x', 200000) from generate_series(1, 250) n",
  );
  const { sent, onStatement } = recorder();
  const reports: number[] = [];
  const onProgress = ({ rows }: FileProgress): void => void reports.push(rows);
  const pieces: number[] = [];
  let text = "";
  for await (const bytes of exportRows(sql, schema, "page", { format: "ndjson", onStatement, onProgress })) {
    pieces.push(bytes.length);
    text += Buffer.from(bytes).toString();
  }
  const rows = text
    .trimEnd()
    .split("\n")
    .map(line => JSON.parse(line));
  expect(rows.map(({ id, body }) => [id, body.length])).toEqual(rows.map((_, at) => [at + 1, 200_000]));
  expect([rows.length, reports]).toEqual([250, [250]]);
  expect(Math.max(...pieces)).toBeLessThan(1_300_000);
  const fetched = sent.flatMap(one => /^FETCH (\d+)/.exec(one.text)?.[1] ?? []);
  expect(fetched).toEqual(["100", ...Array.from({ length: 8 }, () => "19")]);
});

test("an export reports its progress after every 1,000 rows, whatever the size of its batches", async () => {
  const { sql, schema } = await database(
    "create table page (id int, body text); insert into page select n, repeat('x', 5000) from generate_series(1, 2500) n",
  );
  const reports: FileProgress[] = [];
  const options = {
    format: "ndjson",
    onProgress: (progress: FileProgress) => reports.push(progress),
  } as const;
  const { length } = await new Response(exportRows(sql, schema, "page", options)).text();
  expect(reports.map(({ rows }) => rows)).toEqual([1000, 2000, 2500]);
  expect(reports.at(-1)!.bytes).toBe(length);
});
