import { afterAll, beforeAll, expect, test } from "bun:test";
import { exportRows, type FileProgress } from "../../src/files/index.ts";
import {
  contains,
  expr,
  loadSchema,
  lte,
  oneOf,
  type QueryEvent,
  rowsWhere,
  type SchemaSnapshot,
  type Statement,
  traced,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;
beforeAll(async () => {
  database = await testDatabase({
    template: `
      create table t (id int primary key, name text, flag bool, ratio float8, bytes bytea, at timestamptz, wait interval, day date);
      insert into t values
        (1, 'it''s "a\\b"', true, 0.1, '\\x00ff', '2026-01-02 03:04:05.123456+00', '1 day 02:03:04', '2026-12-31'),
        (2, e'two\\nlines', false, 'NaN', '\\x', 'infinity', '-00:00:01', '0044-03-15 BC'),
        (3, null, null, null, null, null, null, null),
        (4, '', false, '-0', null, null, null, null);
      create table many (id int primary key, note text);
      insert into many select i, e'a "note"\\n' || i from generate_series(1, 20500) i;
    `,
  });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

const LINES = [
  "id,name,flag,ratio,bytes,at,wait,day\n",
  '1,"it\'s ""a\\b""",true,0.1,\\x00ff,2026-01-02 03:04:05.123456+00,1 day 02:03:04,2026-12-31\n',
  '2,"two\nlines",false,NaN,\\x,infinity,-00:00:01,0044-03-15 BC\n',
  "3,,,,,,,\n",
  '4,"",false,-0,,,,\n',
];

test("the server writes CSV with COPY", async () => {
  const sent: Statement[] = [];
  const file = exportRows(database.sql, schema, "t", {
    format: "csv",
    where: { id: lte(2), name: oneOf(['it\'s "a\\b"', "$1"]) },
    orderBy: "id",
    onStatement: ({ text, params }) => void sent.push({ text, params }),
  });
  expect(sent).toEqual([]);
  expect(await new Response(file).text()).toBe(LINES[0]! + LINES[1]!);
  expect(sent).toEqual([
    {
      text:
        "SELECT set_config('datestyle', 'ISO', true), set_config('intervalstyle', 'postgres', true), " +
        "set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true)",
      params: [],
    },
    {
      text:
        'COPY (SELECT "id", "name", "flag"::text, "ratio", "bytes", "at", "wait", "day" FROM "public"."t" ' +
        'WHERE "id" <= $1::text::int4 AND "name" = ANY ($2::text[]) ORDER BY "t"."id") TO STDOUT (FORMAT csv, HEADER)',
      params: ["2", '{"it\'s \\"a\\\\b\\"","$1"}'],
    },
  ]);
});

test("settings of the session do not change a file", async () => {
  const sql = database.connect({ max: 1 });
  for (const setting of [
    "datestyle = 'German, DMY'",
    "intervalstyle = 'iso_8601'",
    "bytea_output = 'escape'",
    "extra_float_digits = -3",
    "standard_conforming_strings = off",
    "timezone = 'UTC'",
  ])
    await sql.unsafe(`set ${setting}`);
  expect(await sql`select day::text from t where id = 1`.values()).toEqual([["31.12.2026"]] as never);
  const where = expr`name is null or name <> ${"\\"}`;
  const file = exportRows(sql, schema, "t", { format: "csv", orderBy: "id", where });
  expect(await new Response(file).text()).toBe(LINES.join(""));
  expect(await sql`show datestyle`.values()).toEqual([["German, DMY"]] as never);
});

test("parameters of raw SQL become literals, including NULL and a string with a dollar sign", async () => {
  const text = async (where: ReturnType<typeof expr>): Promise<string> =>
    await new Response(
      exportRows(database.sql, schema, "t", { format: "tsv", where, select: ["id"] }),
    ).text();
  expect(await text(expr`id = ${2}::int and '$1' <> ${"'\\"}`)).toBe("id\n2\n");
  expect(await text(expr`id = coalesce(${null}::int, ${3})`)).toBe("id\n3\n");
  expect(
    await text(expr`id = any (${"{1,3}"}) and ${1} + id > ${2} and coalesce(name, ${"a"}) <> ${"b"}`),
  ).toBe("id\n3\n");
});

test("an order by raw SQL is the order of rowsWhere", async () => {
  await database.sql`create table docs (id int primary key, doc jsonb); insert into docs values (1, '10'), (2, '9')`.simple();
  const fresh = await loadSchema(database.sql);
  const options = { orderBy: expr`doc` } as const;
  for (const select of [
    ["id", "doc"],
    ["doc", "id"],
  ] as const) {
    const file = exportRows(database.sql, fresh, "docs", {
      ...options,
      select,
      format: "tsv",
      header: false,
    });
    const rows = await rowsWhere(database.sql, fresh, "docs", { ...options, select });
    expect(await new Response(file).text()).toBe(
      rows.map(row => `${select.map(name => row[name]).join("\t")}\n`).join(""),
    );
  }
});

test("raw SQL whose parameter causes a syntax error is rejected, and the error omits the value", async () => {
  for (const where of [expr`id ${"secret"}`, expr`date ${"2026-01-01"} < day`, expr`name is ${null}`]) {
    const error = await new Response(exportRows(database.sql, schema, "t", { format: "csv", where }))
      .text()
      .then(
        () => expect.unreachable("it was accepted"),
        (reason: Error) => reason,
      );
    expect(error.message).toStartWith("syntax error");
    expect(error.message).not.toMatch(/secret|2026/);
  }
});

test("inside a transaction other statements can run while the file is read", async () => {
  const lines = await database.sql.begin(async tx => {
    await tx`insert into t (id, flag) values (9, true)`;
    let text = "";
    const decoder = new TextDecoder();
    for await (const piece of exportRows(tx, schema, "t", { format: "csv", orderBy: "id" })) {
      text += decoder.decode(piece);
      await tx`select 1`;
    }
    await tx`delete from t where id = 9`;
    return text;
  });
  expect(lines).toBe(`${LINES.join("")}9,,true,,,,,\n`);
});

test("progress counts rows with line feeds and quotes, and all bytes", async () => {
  const reports: FileProgress[] = [];
  const options = { format: "csv", onProgress: (progress: FileProgress) => reports.push(progress) } as const;
  const text = await new Response(
    exportRows(database.sql, schema, "many", { ...options, orderBy: "id" }),
  ).text();
  expect(reports.map(({ rows }) => rows)).toEqual([
    ...Array.from({ length: 20 }, (_, index) => (index + 1) * 1000),
    20_500,
  ]);
  for (const { rows, bytes } of reports) expect(text.slice(0, bytes)).toEndWith(`\n${rows}"\n`);
  expect(reports.at(-1)!.bytes).toBe(text.length);
});

test("an error, an aborted signal and a canceled reader end the COPY and release the connection", async () => {
  const sql = database.connect({ max: 1 });
  const read = async (options: object): Promise<number> => {
    let bytes = 0;
    for await (const piece of exportRows(sql, schema, "many", { format: "csv", orderBy: "id", ...options }))
      bytes += piece.length;
    return bytes;
  };
  await expect(read({ where: expr`1 / (15000 - id) < 2` })).rejects.toThrow("division by zero");
  const abort = new AbortController();
  const onProgress = ({ rows }: FileProgress): void => {
    if (rows >= 2_000) abort.abort(new Error("enough"));
  };
  await expect(read({ onProgress, signal: abort.signal })).rejects.toThrow("enough");
  for await (const _ of exportRows(sql, schema, "many", { format: "csv" })) break;
  expect(await sql`select count(*)::int as n from many`.values()).toEqual([[20_500]] as never);
});

test("a trace contains the COPY without redacted parameters", async () => {
  const events: QueryEvent[] = [];
  const sql = traced(database.sql, event => void events.push(event), { redact: ["t.name"] });
  await new Response(
    exportRows(sql, schema, "t", { format: "csv", where: { name: "secret", id: 1 } }),
  ).text();
  expect(JSON.stringify(events)).not.toContain("secret");
  expect(events.map(({ text }) => text.slice(0, 17))).toEqual(['COPY (SELECT "id"']);
});

test.each(["csv", "json"] as const)("a stream of %s that nobody reads sends nothing", async format => {
  const { sql } = database;
  const sent: Statement[] = [];
  const stream = exportRows(sql, schema, "many", { format, onStatement: one => void sent.push(one) });
  await sql`select 1`;
  expect(sent).toEqual([]);
  await stream.cancel();
  expect(sent).toEqual([]);
});

test.each(["csv", "ndjson"] as const)(
  "%s: filters of json have the JavaScript form of the snapshot",
  async format => {
    await database.sql.unsafe(`drop table if exists doc; create table doc (id int primary key, doc jsonb, list jsonb[]);
    insert into doc values (1, '{"a": 1, "b": 2}', array['{"a":1}']::jsonb[]), (2, '"1"', '{}'), (3, '1', null)`);
    const parsed = await loadSchema(database.sql);
    const texts = await loadSchema(database.sql, { types: { json: "string" } });
    const bigints = await loadSchema(database.sql, { types: { columns: { "doc.doc": "bigint" } } });
    const ids = async (given: SchemaSnapshot, where: object): Promise<readonly number[]> => {
      const options = { format, where, select: ["id"], orderBy: "id" } as const;
      const text = await new Response(exportRows(database.sql, given, "doc", options)).text();
      return text.match(/\d+/g)?.map(Number) ?? [];
    };
    expect(await ids(parsed, { doc: contains({ a: 1 }) })).toEqual([1]);
    expect(await ids(parsed, { doc: { a: 1, b: 2 } })).toEqual([1]);
    expect(await ids(parsed, { doc: "1" })).toEqual([2]);
    expect(await ids(parsed, { doc: oneOf([1, "1"]) })).toEqual([2, 3]);
    expect(await ids(parsed, { list: [{ a: 1 }] })).toEqual([1]);
    expect(await ids(bigints, { doc: 1n })).toEqual([3]);
    expect(await ids(texts, { doc: "1" })).toEqual([3]);
  },
);
