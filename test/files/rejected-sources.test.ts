// A source that is not a file of rows is rejected with the reason, instead of as a file without rows.
import { expect, test } from "bun:test";
import { type FileSource, ImportError, importRows } from "../../src/files/index.ts";
import { lineNumbers } from "../../src/files/input-row.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  "create table item (id int primary key, name text)",
  "truncate item",
);
const FILE = "id,name\n1,a\n";

async function message(source: unknown, limits: object = {}): Promise<string> {
  const importing = importRows(sql, schema, "item", source as FileSource, { format: "csv", ...limits });
  const error = await failure(importing);
  expect(error).toBeInstanceOf(ImportError);
  expect(await plain("select count(*)::int from item")).toEqual([[0]]);
  return error.message;
}

async function readStream(): Promise<ReadableStream<Uint8Array>> {
  const stream = new Response(FILE).body!;
  for await (const _ of stream);
  return stream;
}

async function readResponse(): Promise<Response> {
  const response = new Response(FILE);
  await response.text();
  return response;
}

test.each([{}, { timeout: 60_000 }])(
  "a stream or response that was read before is rejected (%j)",
  async limits => {
    expect(await message(await readStream(), limits)).toBe(
      "item: the source is a stream that other code has read to its end",
    );
    expect(await message(await readResponse(), limits)).toBe(
      "item: the source is a stream that other code reads or has read",
    );
  },
);

test("the rest of a stream is imported if other code has read its beginning", async () => {
  const chunks = ["a comment\n", "id,name\n", "1,a\n"].map(text => new TextEncoder().encode(text));
  const stream = new ReadableStream<Uint8Array>({
    pull: controller => {
      const next = chunks.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
  });
  const reader = stream.getReader();
  await reader.read();
  reader.releaseLock();
  expect(await importRows(sql, schema, "item", stream, { format: "csv" })).toBe(1);
  expect(await plain("select * from item")).toEqual([[1, "a"]]);
  await plain("truncate item");
});

test("the response to a failed request is rejected, also without a body", async () => {
  expect(await message(new Response(null, { status: 404 }))).toBe(
    "item: the source is a response with status 404, which is not a file",
  );
});

test("chunks that are neither text nor bytes are rejected", async () => {
  const advice = "; insertMany and upsertMany write rows";
  const expected = "item: a chunk of the source must be a string or a Uint8Array, received";
  expect(await message([{ id: 1, name: "a" }])).toBe(`${expected} an object${advice}`);
  expect(await message(new Uint16Array([1, 2]))).toBe(`${expected} 1`);
});

const encoder = new TextEncoder();
const LATIN_1 = Buffer.from("\xe9", "latin1");

test.each<readonly [string, readonly Uint8Array[], string]>([
  ["Latin-1", [encoder.encode("id,name\n1,é\n2,"), LATIN_1, encoder.encode("\n3,a\n")], ", line 3"],
  ["Latin-1 in one chunk", [Buffer.from("id,name\n1,a\n2,\xe9\n", "latin1")], ", line 3"],
  [
    "a chunk that begins inside a character",
    [encoder.encode("id,name\n1,é").slice(0, -1), Buffer.from("\xa9\n2,\xe9\n", "latin1")],
    ", line 3",
  ],
  ["the end inside a character", [encoder.encode("id,name\n1,é").slice(0, -1)], ", line 2"],
])("text that is not UTF-8 is rejected with its line: %s", async (_, chunks, place) => {
  const text = `item${place}: the file is not UTF-8`;
  expect(await message(chunks)).toBe(text);
  expect(await message(new Blob(chunks as Uint8Array<ArrayBuffer>[]))).toBe(text);
});

test("a long file that is not UTF-8 has the same error", async () => {
  const rows = Array.from({ length: 2_000 }, (_, row) => `${row},abcdef\n`).join("");
  const file = new Blob([`id,name\n${rows}`, new Uint8Array(LATIN_1)]);
  expect(await message(file)).toBe("item, line 2002: the file is not UTF-8");
});

test.each<readonly [string, Uint8Array, string]>([
  ["UTF-16, little-endian", Buffer.from(`\ufeff${FILE}`, "utf16le"), "is UTF-16; convert it to UTF-8"],
  ["UTF-16, big-endian", Buffer.from(`\ufeff${FILE}`, "utf16le").swap16(), "is UTF-16; convert it to UTF-8"],
  ["gzip", Bun.gzipSync(FILE), "is compressed by gzip; decompress it"],
  ["Zstandard", Bun.zstdCompressSync(FILE), "is compressed by Zstandard; decompress it"],
  ["xz", Uint8Array.fromHex("fd377a585a000004e6d6"), "is compressed by xz or bzip2; decompress it"],
  [
    "old spreadsheet",
    Uint8Array.fromHex("d0cf11e0a1b11ae1"),
    "is a ZIP archive or a spreadsheet; export it as CSV in UTF-8",
  ],
  [
    "ZIP",
    Uint8Array.of(0x50, 0x4b, 3, 4, 0xff),
    "is a ZIP archive or a spreadsheet; export it as CSV in UTF-8",
  ],
])("a file of another kind is named: %s", async (_, bytes, reason) => {
  expect(await message(bytes)).toBe(`item: the file ${reason}`);
});

test("a field of the header without a name, as spreadsheets add it, is named by its place", async () => {
  const reason = 'has no name; name it with columns: { "": "name" }, or skip it with columns: { "": null }';
  expect(await message("id,name,,\n1,a,,\n")).toBe(`item, line 1: field 3 ${reason}`);
  expect(await message("\nid,name\n1,a\n")).toBe(`item, line 1: field 1 ${reason}`);
  const skipped = { format: "csv", columns: { "": null } } as const;
  expect(await importRows(sql, schema, "item", "id,name,,\n1,a,,\n", skipped)).toBe(1);
  expect(await plain("select * from item")).toEqual([[1, "a"]]);
  await plain("truncate item");
});

test("columns must map names to columns of the table, also to one that no row of JSON has", async () => {
  const reason = async (columns: unknown): Promise<string> =>
    (await failure(importRows(sql, schema, "item", '{"id":1}', { format: "ndjson", columns } as never)))
      .message;
  expect(await reason(["id"])).toBe("columns must be a plain object, received an array of length 1");
  expect(await reason({ id: undefined })).toBe(
    'columns: "id" must be the name of a column, or null, received undefined',
  );
  expect(await reason({ title: "nam" })).toBe('item has no column "nam"; did you mean "name"?');
  expect(await plain("select * from item")).toEqual([]);
});

test("the places of rows that all span two lines need no memory for rows of long ago", () => {
  const lines = lineNumbers("line");
  for (let row = 0; row < 500_000; row++) lines.add(row * 2 + 3);
  expect([lines.line(499_999), lines.line(420_000), lines.last()]).toEqual([
    1_000_001,
    840_003,
    "line 1000001",
  ]);
  const few = lineNumbers("line");
  for (const line of [2, 3, 6, 7, 9]) few.add(line);
  expect([0, 1, 2, 3, 4].map(few.line)).toEqual([2, 3, 6, 7, 9]);
});

test.each(["csv", "ndjson"] as const)(
  "a lone surrogate in a stream is rejected with create, too: %s",
  async format => {
    const rows = async function* (): AsyncGenerator<string> {
      yield format === "csv" ? "id,name\n1,a\n" : '{"id":1,"name":"a"}\n';
      yield format === "csv" ? '2,"b\ud800"\n' : '{"id":2,"name":"b\ud800"}\n';
    };
    const error = await failure(importRows(sql, schema, "copy", rows(), { format, create: true }));
    const place = format === "csv" ? "line 3, character 5" : "line 2, character 18";
    expect(error).toBeInstanceOf(ImportError);
    expect(error.message).toBe(`copy, ${place}: a lone surrogate is not a character`);
    expect(await plain("select to_regclass('copy')")).toEqual([[null]]);
  },
);
