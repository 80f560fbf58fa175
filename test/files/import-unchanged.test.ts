// A long CSV or TSV file is sent to the server unchanged if that stores the same as inserting row by row. A stream
// cannot be read twice, so it is always read row by row: both ways must have the same result.
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FileProgress, ImportError, importRows } from "../../src/files/index.ts";
import { loadSchema, scope, transaction } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { recordingHandle } from "../support/recording.ts";
import { isServer } from "../support/server-version.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(
  `create type mood as enum ('sad', 'ok');
   create table item (id int primary key, n int8, price numeric(6, 2), ratio float8, flag bool, name varchar(5), note text,
     tags text[], doc jsonb, feeling mood, day date, at timestamptz, local timestamp(3), key uuid, data bytea);
   create table positive (id int primary key, n int check (n > 0), extra text default 'x');
   create table padded (id int primary key, code char(3));
   create table line (note text)`,
  "truncate item, positive, padded, line",
);
const { sql } = database;

const NAMES = "id,n,price,ratio,flag,name,note,tags,doc,feeling,day,at,local,key,data".split(",");
const USUAL: Readonly<Record<string, string>> = {
  ...{
    n: "-5",
    price: "12.50",
    ratio: "0.25",
    flag: "true",
    name: "abc",
    note: '"a ""b"", c"',
    feeling: "ok",
  },
  ...{
    tags: '"{a,""b c"",NULL}"',
    doc: '"{""a"": [1, ""x""]}"',
    day: "2026-02-28",
    local: "2026-02-28T01:02:03.5",
  },
  ...{ at: "2026-02-28 01:02:03.123456+02", key: "3f2504e0-4f89-41d3-9a0c-0305e82c3301", data: "\\x00ff" },
};

/** A file of 120 rows, one of which has different fields. */
function file(fields: Readonly<Record<string, string>>, end = "\n"): string {
  const row = (id: number): string => {
    const given = id === 77 ? { ...USUAL, ...fields } : USUAL;
    return NAMES.map(name => (name === "id" ? (given["id"] ?? String(id)) : given[name])).join(",");
  };
  return `${[NAMES.join(","), ...Array.from({ length: 120 }, (_, index) => row(index + 1))].join(end)}${end}`;
}

async function* inPieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 4_000) yield text.slice(at, at + 4_000);
}

async function outcome(source: string | AsyncIterable<string>, handle = sql): Promise<unknown> {
  await plain("truncate item");
  try {
    const rows = await importRows(handle, schema, "item", source, { format: "csv" });
    return [rows, await plain("select item::text from item order by id")];
  } catch (error) {
    expect(await plain("select count(*)::int from item")).toEqual([[0]]);
    return (error as ImportError).message;
  }
}

const FIELDS: readonly Readonly<Record<string, string>>[] = [
  {},
  ...[
    "",
    '""',
    "1.0",
    "1e3",
    " 7",
    "0x1F",
    "1_000",
    "007",
    "-0",
    "9223372036854775807",
    "99999999999999999999",
  ].map(n => ({ n })),
  ...["", "1.239", "1.5", "-0.00", "12345.1", "NaN", "1e2", " 1", '"3.25"'].map(price => ({ price })),
  ...["1e400", "1e-400", "0.1", "NaN", "Infinity", "12345678.12345678"].map(ratio => ({ ratio })),
  ...["t", "F", "yes", "off", "1", "tru", "TRUE", "o"].map(flag => ({ flag })),
  ...["abcdef", '"abc   "', '"abcde "', "€€€€€", "😀😀😀", '""', "", " x ", "a\0b"].map(name => ({ name })),
  ...['a"b', '"a"b', "\\.", "\\N", '"\\."', '"line\nbreak"', '"carriage\r\nreturn"', "NULL", "\ud800"].map(
    note => ({ note }),
  ),
  ...[
    "{}",
    '"{a,{b}}"',
    '"{{a},{b}}"',
    "{NULL}",
    '"[0:1]={a,b}"',
    "{a",
    '"{ a , b }"',
    "a",
    "{ }",
    '"{a,null,Null}"',
    '"{a\\,b}"',
    "{a b}",
    '"{a,}"',
    '"{""a"" , b}"',
  ].map(tags => ({
    tags,
  })),
  ...[
    '"{""a"":1,""a"":2}"',
    "null",
    "1e400",
    "[1",
    '"""x"""',
    '"[1e500]"',
    '"""\\u0000"""',
    '"""\\ud800"""',
  ].map(doc => ({ doc })),
  { doc: `"${"[".repeat(1_500)}${"]".repeat(1_500)}"` },
  { doc: "1".repeat(400) },
  ...["happy", "OK", '"ok"'].map(feeling => ({ feeling })),
  ...["2026-02-30", "now", "infinity", "01/02/2026", "20260228", "2026-2-8", "0000-01-01"].map(day => ({
    day,
  })),
  ...[
    "2026-02-28",
    "now",
    "2026-02-28 24:00:00Z",
    "2026-02-28 23:59:60Z",
    "2026-02-28 01:02:03",
    "epoch",
  ].map(at => ({ at })),
  ...["2026-02-28T01:02:03.1234567Z", "2026-02-28T01:02:03Z", "2026-02-28 01:02:03 Europe/Helsinki"].map(
    at => ({
      at,
    }),
  ),
  ...["2026-02-28 01:02:03.1239", "2026-02-28 01:02:03+05", "2026-02-28T01:02:03"].map(local => ({ local })),
  ...["3F2504E0-4F89-41D3-9A0C-0305E82C3301", "{3f2504e0-4f89-41d3-9a0c-0305e82c3301}", "3f25"].map(key => ({
    key,
  })),
  ...["\\x0", "abc", "\\xFF"].map(data => ({ data })),
  ...["76", "", "1.5"].map(id => ({ id })),
];

for (const fields of FIELDS)
  test(`a file with ${JSON.stringify(fields).slice(0, 60)} is stored the same as from a stream`, async () => {
    const text = file(fields);
    expect(await outcome(text)).toEqual(await outcome(inPieces(text)));
  });

test.each([
  ...["1", "12", "123", "1.0", "0.1"].map(value => ["numeric(2)", value]),
  ...["0.1", "0.12", "0.123", "1", "0"].map(value => ["numeric(2, 2)", value]),
  ...["0.1", "1.2", "1.23", "12.3"].map(value => ["numeric(2, 1)", value]),
  // PostgreSQL 15 added negative scales. It rounds silently.
  ...(isServer(15)
    ? [
        ...["0.0012", "0.00123", "0.01", "0"].map(value => ["numeric(2, 4)", value]),
        ...["1200", "1250", "50", "123456"].map(value => ["numeric(3, -2)", value]),
      ]
    : []),
  ...["x".repeat(1_000), "x".repeat(1_001)].map(value => ["varchar(1000)", value]),
  ...["x".repeat(1_001), "x".repeat(1_002)].map(value => ["varchar(1001)", value]),
  ...["x".repeat(20_000)].map(value => ["varchar", value]),
  ...["01:02:03", "01:02:03.4"].map(value => ["timestamp(0)", `2026-02-28 ${value}`]),
])("%s: a file with %.20s is stored the same as from a stream", async (type, value) => {
  await sql.unsafe(`drop table if exists one; create table one (id int primary key, v ${type})`);
  const own = await loadSchema(sql);
  const text = `id,v\n${Array.from({ length: 3_000 }, (_, id) => `${id},${id === 1_500 ? value : ""}\n`).join("")}`;
  const stored = async (source: string | AsyncIterable<string>): Promise<unknown> => {
    const rows = await importRows(sql, own, "one", source, { format: "csv" }).catch(error => error.message);
    const found = [rows, await plain("select v::text from one where v is not null")];
    await plain("truncate one");
    return found;
  };
  expect(await stored(text)).toEqual(await stored(inPieces(text)));
});

test.each(["numeric", "numeric(3, 2)", "timestamp(0)"])("a file of %s is sent unchanged", async type => {
  await sql.unsafe(`drop table if exists one; create table one (id int primary key, v ${type})`);
  const own = await loadSchema(sql);
  const value = type.startsWith("numeric") ? "0.25" : "2026-02-28 01:02:03";
  const file = `id,v\n${Array.from({ length: 2_000 }, (_, id) => `${id},${value}\n`).join("")}`;
  const sent: string[] = [];
  const onStatement = ({ text }: { text: string }): void => void sent.push(text);
  expect(await importRows(sql, own, "one", file, { format: "csv", onStatement })).toBe(2_000);
  expect(sent).toContain('COPY "public"."one" ("id", "v") FROM STDIN (FORMAT csv)');
  expect(await plain("select distinct v::text from one")).toEqual([[value]]);
});

test.each(["\n", "\r\n"])("a file without its last line break %j is sent unchanged", async lineBreak => {
  const lines = Array.from({ length: 2_000 }, (_, id) => `${id},${id}`);
  const sent: string[] = [];
  const onStatement = ({ text }: { text: string }): void => void sent.push(text);
  const text = ["id,n", ...lines].join(lineBreak);
  expect(await importRows(sql, schema, "item", text, { format: "csv", onStatement })).toBe(2_000);
  expect(sent).toEqual(['COPY "public"."item" ("id", "n") FROM STDIN (FORMAT csv)']);
  expect(await plain("select id, n from item where id in (0, 1999) order by id")).toEqual([
    [0, "0"],
    [1_999, "1999"],
  ]);
});

test("line endings, a byte order mark, an unterminated last line and empty lines are read the same as from a stream", async () => {
  const text = file({});
  const texts = [
    file({}, "\r\n"),
    `\ufeff${text}`,
    text.slice(0, -1),
    text.replace("\n50,", "\r\n50,"),
    text.replace("\n50,", "\n\n50,"),
    text.replace("\n50,", "\n50,9,"),
    file({}, "\r"),
    text.replace("n,price", '"n",price'),
    text.replace("n,price", "n,n"),
    text.replace("n,price", "n,prise"),
  ];
  for (const other of texts) expect(await outcome(other)).toEqual(await outcome(inPieces(other)));
});

test("bytes, files and TSV are sent unchanged in a single COPY", async () => {
  const texts: string[] = [];
  const reserved = await sql.reserve();
  const directory = await mkdtemp(join(tmpdir(), "rowfn-"));
  const path = join(directory, "items.csv");
  await Bun.write(path, file({}));
  const recording = recordingHandle(reserved, texts);
  const text = file({});
  const tabs = `id\tn\n${Array.from({ length: 900 }, (_, id) => `${id}\t"${id + 1}"`).join("\n")}\n`;
  expect(await importRows(recording, schema, "item", new TextEncoder().encode(text), { format: "csv" })).toBe(
    120,
  );
  await plain("truncate item");
  expect(await importRows(recording, schema, "item", Bun.file(path), { format: "csv" })).toBe(120);
  await plain("truncate item");
  expect(await importRows(recording, schema, "positive", tabs, { format: "tsv" })).toBe(900);
  const columns = NAMES.map(name => `"${name}"`).join(", ");
  expect(texts).toEqual([
    `COPY "public"."item" (${columns}) FROM STDIN (FORMAT csv)`,
    `COPY "public"."item" (${columns}) FROM STDIN (FORMAT csv)`,
    `COPY "public"."positive" ("id", "n") FROM STDIN (FORMAT csv, DELIMITER E'\\t')`,
  ]);
  expect(await plain("select extra, count(*)::int from positive group by 1")).toEqual([["x", 900]]);
  reserved.release();
  await rm(directory, { recursive: true });
});

test("a violated constraint is reported with the line of the file, and the transaction can continue", async () => {
  const rows = Array.from({ length: 1_500 }, (_, id) => `${id},${id === 1_200 ? -1 : 5}`).join("\n");
  await transaction(sql, async tx => {
    const error = await failure(importRows(tx, schema, "positive", `id,n\n${rows}\n`, { format: "csv" }));
    expect(error.message).toContain("line 1202, n: found -1");
    await importRows(tx, schema, "positive", "id,n\n1,1\n", { format: "csv" });
  });
  expect(await plain("select count(*)::int from positive")).toEqual([[1]]);
});

test("the value of the scope is added to the rows, char(n) is padded, and a line with \\. is a value", async () => {
  const notes = `note\n${"some text of a line\n".repeat(600)}\\.\nlast\n`;
  expect(await importRows(sql, schema, "line", notes, { format: "csv" })).toBe(602);
  expect(await plain("select count(*)::int from line where note in ('last', '\\.')")).toEqual([[2]]);
  const ids = `id\n${Array.from({ length: 2_000 }, (_, id) => id).join("\n")}\n`;
  const scoped = scope(schema, { positive: { n: 8 } });
  expect(await importRows(sql, scoped, "positive", ids, { format: "csv" })).toBe(2_000);
  expect(await plain("select distinct n from positive")).toEqual([[8]]);
  const codes = `id,code\n${Array.from({ length: 2_000 }, (_, id) => `${id},a`).join("\n")}\n`;
  expect(await importRows(sql, schema, "padded", codes, { format: "csv" })).toBe(2_000);
});

test("progress is reported once per 1,000 rows, even if the file is read twice", async () => {
  const reports: FileProgress[] = [];
  const rows = Array.from({ length: 3_500 }, (_, id) => `${id},${id === 2_500 ? "1.0" : "1"}\n`).join("");
  const text = `id,n\n${rows}`;
  const options = { format: "csv", onProgress: (report: FileProgress) => void reports.push(report) } as const;
  expect(await importRows(sql, schema, "positive", text, options)).toBe(3_500);
  expect(reports.map(report => report.rows)).toEqual([1_000, 2_000, 3_000, 3_500]);
  expect(reports.at(-1)!.bytes).toBe(text.length);
});

test("an error that is not about a value is the same ImportError as row by row", async () => {
  const text = `id,n\n${Array.from({ length: 2_000 }, (_, id) => `${id},1\n`).join("")}`;
  for (const source of [text, inPieces(text)]) {
    const error = await failure(
      sql.begin("read only", tx => importRows(tx, schema, "positive", source, { format: "csv" })),
    );
    expect(error).toBeInstanceOf(ImportError);
    expect(error.message).toStartWith(
      "positive: cannot execute COPY FROM in a read-only transaction [25006]",
    );
  }
});
