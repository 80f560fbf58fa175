import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { copyIn } from "../../src/driver/copy.ts";
import { formatRows } from "../../src/files/index.ts";
import { jsonNull } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const ROWS = [
  { id: 1, name: "Ærø | *x*", at: new Date("2026-01-02T03:04:05.678Z"), tags: ["a", null], note: null },
  { id: 20, name: "<b>\"'&", at: new Date(8.64e15), tags: [], note: "" },
  { id: 300, name: "日本\n語", at: new Date(-8.64e15), tags: ["x,y"], note: " z" },
];

test("table: columns are aligned by terminal cells, numbers to the right, and control characters are escaped", () => {
  expect(formatRows(ROWS, "table", { columns: ["id", "name", "note"] })).toBe(
    `\
 id  name       note
---  ---------  ----
  1  Ærø | *x*
 20  <b>"'&
300  日本\\n語   z
`.replace("日本\\n語   z", "日本\\n語    z"),
  );
});

test("table: lines fit a width, and long strings are truncated with an ellipsis", () => {
  const text = formatRows([{ a: "x".repeat(50), b: "日本".repeat(20) }], "table", { width: 30 });
  expect(text.split("\n").map(line => Bun.stringWidth(line) <= 30)).toEqual([true, true, true, true]);
  expect(text).toContain("xxxxx…");
});

test("table: the widest columns shrink first, down to the width of their names and six cells", () => {
  const rows = [{ a: "x".repeat(9), long_name: "y".repeat(12), c: "z".repeat(7) }];
  const table = (width: number): string => formatRows(rows, "table", { width });
  expect(table(32)).toBe(`a          long_name     c
---------  ------------  -------
xxxxxxxxx  yyyyyyyyyyyy  zzzzzzz
`);
  expect(table(29)).toBe(`a          long_name  c
---------  ---------  -------
xxxxxxxxx  yyyyyyyy…  zzzzzzz
`);
  expect(table(25)).toBe(`a       long_name  c
------  ---------  ------
xxxxx…  yyyyyyyy…  zzzzz…
`);
  expect(table(12)).toBe("a       lon…\n------  ---…\nxxxxx…  yyy…\n");
  expect(table(2)).toBe("a…\n-…\nx…\n");
  expect(formatRows([{ a: "日本" }], "table", { width: 2 })).toBe("a\n-…\n…\n");
  expect(table(1)).toBe("…\n…\n…\n");
  expect(table(0)).toBe("\n\n\n");
});

test("table: a bigint is aligned as a number, a missing value is empty, and a negative zero has its sign", () => {
  expect(formatRows([{ n: 5n, z: -0 }, { n: 12n }], "table")).toBe(" n   z\n--  --\n 5  -0\n12\n");
  expect(formatRows([{ n: -0, t: [-0, 1.5] }], "json")).toBe('[\n{"n":"-0","t":["-0",1.5]}\n]\n');
  const dates = [{ at: new Date(8.64e15) }, { at: new Date(-8.64e15) }, { at: new Date(Number.NaN) }];
  expect(formatRows(dates, "csv")).toBe('at\ninfinity\n-infinity\n""\n');
});

test("table: no control character reaches the terminal", () => {
  expect(formatRows([{ a: "\x1b[31m\x07\x7f\x9b2J" }], "table").split("\n")[2]).toBe(
    "\\u001b[31m\\u0007\\u007f\\u009b2J",
  );
});

test("markdown: every name and value is escaped", () => {
  expect(formatRows(ROWS, "markdown", { columns: ["id", "name"] })).toBe(`\
| id | name |
| --: | --- |
| 1 | Ærø \\| \\*x\\* |
| 20 | &lt;b>"'&amp; |
| 300 | 日本<br>語 |
`);
});

test("html: every name and value is escaped", () => {
  expect(formatRows([{ "<i>": "</td><script>", n: 1 }], "html")).toBe(`\
<table>
<thead><tr><th>&lt;i&gt;</th><th align="right">n</th></tr></thead>
<tbody>
<tr><td>&lt;/td&gt;&lt;script&gt;</td><td align="right">1</td></tr>
</tbody>
</table>
`);
});

test("csv and tsv: NULL is empty, an empty string is quoted, dates are ISO 8601", () => {
  expect(formatRows(ROWS, "csv")).toBe(`\
id,name,at,tags,note
1,Ærø | *x*,2026-01-02T03:04:05.678Z,"[""a"",null]",
20,"<b>""'&",infinity,[],""
300,"日本\n語",-infinity,"[""x,y""]"," z"
`);
  expect(formatRows([{ a: "x\ty", b: "x,y" }], "tsv")).toBe('a\tb\n"x\ty"\tx,y\n');
});

test("json and ndjson: values that JSON cannot represent are in text format", () => {
  const rows = [
    { n: 9007199254740993n, d: new Date(8.64e15), b: new Uint8Array([1, 255]), x: NaN, u: undefined },
  ];
  const line = '{"n":"9007199254740993","d":"infinity","b":"\\\\x01ff","x":"NaN","u":null}';
  expect(formatRows(rows, "ndjson")).toBe(`${line}\n`);
  expect(formatRows([...rows, ...rows], "json")).toBe(`[\n${line},\n${line}\n]\n`);
  expect(formatRows([{ deep: { at: new Date(0), big: [1n] }, none: jsonNull }], "ndjson")).toBe(
    '{"deep":{"at":"1970-01-01T00:00:00.000Z","big":["1"]},"none":null}\n',
  );
});

test("without rows the output is a header, an empty array or nothing; an unknown format is rejected", () => {
  expect(formatRows([], "csv", { columns: ["a"] })).toBe("a\n");
  expect(formatRows([], "json")).toBe("[\n]\n");
  expect(formatRows([], "ndjson")).toBe("");
  expect(() => formatRows([], "xml" as "csv")).toThrow(
    'format must be csv, tsv, json, ndjson, table, markdown or html, received "xml"',
  );
});

test("PostgreSQL's COPY reads every string of a CSV file back", async () => {
  const text = fc.option(
    fc.oneof(
      fc.string({ unit: "binary" }).map(value => value.replaceAll("\0", "").toWellFormed()),
      fc.constantFrom("", "\\.", "NULL", '"', "a\r\nb", ",", " x ", "\ufeff"),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ a: text, b: text }), { minLength: 1 }), async rows => {
      await database.sql`drop table if exists read`;
      await database.sql`create table read (n int generated always as identity, a text, b text)`;
      const text = "COPY read (a, b) FROM STDIN (FORMAT csv, HEADER)";
      await copyIn(database.sql, { text, params: [], chunks: [formatRows(rows, "csv")] });
      expect([...(await database.sql`select a, b from read order by n`)]).toEqual(rows);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ["csv", "toString\n1\n\n"],
  ["ndjson", '{"toString":1}\n{"toString":null}\n'],
  ["markdown", "| toString |\n| --: |\n| 1 |\n|  |\n"],
] as const)("%s: a row without a column has no value there, also if objects inherit one", (format, text) => {
  expect(formatRows([{ toString: 1 }, { other: 2 }], format)).toBe(text);
});

test("an override of the direction of text is escaped in a table", () => {
  expect(formatRows([{ a: "x\u202ey\u2066", b: "\u2028z" }], "table")).toBe(
    "a               b\n--------------  -------\nx\\u202ey\\u2066  \\u2028z\n",
  );
});
