// A file may arrive in chunks that end anywhere: inside a character, a field or a line.
import { describe, expect, test } from "bun:test";
import { sourceText } from "../../src/files/file-source.ts";
import { type FileFormat, type FileSource, importRows } from "../../src/files/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables("create table p (id int, name text)", "truncate p");

async function* pieces<Piece>(...list: readonly Piece[]): AsyncGenerator<Piece> {
  yield* list;
}
const FILES: Readonly<Record<FileFormat, string>> = {
  csv: 'id,name\n1,"a😀\n😀😀b"\n2,é😀\n',
  tsv: 'id\tname\n1\t"a😀\n😀😀b"\n2\té😀\n',
  json: '[{"id":1,"name":"a😀\\n😀😀b"},{"id":2,"name":"é😀"}]',
  ndjson: '{"id":1,"name":"a😀\\n😀😀b"}\n{"id":2,"name":"é😀"}\n',
};
const STORED = [
  [1, "a😀\n😀😀b"],
  [2, "é😀"],
];

describe.each(Object.entries(FILES) as [FileFormat, string][])("%s", (format, text) => {
  const read = async (source: FileSource): Promise<unknown[][]> => {
    await importRows(sql, schema, "p", source, { format });
    return await plain("select id, name from p order by id");
  };

  test("strings of one UTF-16 code unit", async () => {
    expect(await read(pieces(...text.split("")))).toEqual(STORED);
  });

  test("single bytes", async () => {
    expect(await read(pieces(...[...Buffer.from(text)].map(byte => Uint8Array.of(byte))))).toEqual(STORED);
  });

  test("two strings, split anywhere", async () => {
    for (let at = 1; at < text.length; at++) {
      await sql`truncate p`;
      expect(await read(pieces(text.slice(0, at), "", text.slice(at)))).toEqual(STORED);
    }
  });

  test("alternating bytes and strings", async () => {
    const at = text.indexOf("é");
    expect(await read(pieces<string | Uint8Array>(Buffer.from(text.slice(0, at)), text.slice(at)))).toEqual(
      STORED,
    );
  });

  test("a file that ends inside a character is rejected", async () => {
    const error = await failure(read(pieces(`${text.slice(0, -6)}\ud83d`)));
    expect(error.message).toMatch(/lone surrogate|not valid JSON/);
    expect(await plain("select * from p")).toEqual([]);
  });
});

describe("a lone surrogate is rejected with its line and position", () => {
  const cases: readonly (readonly [FileFormat, readonly string[], string])[] = [
    ["csv", ["id,name\n1,\ud800\n"], "p, line 2, character 3: a lone surrogate is not a character"],
    [
      "csv",
      ["id,name\n", "1,a\n2", ",b\ud800"],
      "p, line 3, character 4: a lone surrogate is not a character",
    ],
    ["tsv", ["id\tname\n1\t\udc00\ud800\n"], "p, line 2, character 3: a lone surrogate is not a character"],
    [
      "csv",
      ["id,name\n1,😀\ud83d", "\ud83d\ude00\n"],
      "p, line 2, character 5: a lone surrogate is not a character",
    ],
    [
      "ndjson",
      ['{"id":1,"name":"\ud800"}'],
      `p: 1 invalid value; nothing was written
  line 1, name: found "\\ud800", expected a well-formed string (it has a lone surrogate)`,
    ],
  ];
  test.each(cases)("%s %j", async (format, chunks, message) => {
    const error = await failure(importRows(sql, schema, "p", pieces(...chunks), { format }));
    expect(error.message).toBe(message);
    expect(await plain("select * from p")).toEqual([]);
  });
});

test("an NDJSON line in many chunks is joined once", async () => {
  const part = "x".repeat(500);
  const source = pieces(
    '{"id":1,"name":"',
    ...Array<string>(32_000).fill(part),
    '"}\n{"id":2,',
    '"name":null}',
  );
  await importRows(sql, schema, "p", source, { format: "ndjson" });
  expect(await plain("select id, length(name) from p order by 1")).toEqual([
    [1, 16_000_000],
    [2, null],
  ]);
});

/** The text before and after a long field in the first row, and a second row. */
const AROUND: readonly (readonly [FileFormat, before: string, after: string])[] = [
  ["csv", "id,name\n1,", "\n2,\n"],
  ["csv", 'id,name\n1,"', '"\n2,\n'],
  ["tsv", "id\tname\n1\t", "\n2\t\n"],
  ["json", '[{"id":1,"name":"', '"},{"id":2,"name":null}]'],
];

for (const [format, before, after] of AROUND)
  test(`a field of 4 MB in many chunks is joined: ${JSON.stringify(before)}`, async () => {
    const source = pieces(before, ...Array<string>(8_000).fill("x".repeat(500)), after);
    expect(await importRows(sql, schema, "p", source, { format })).toBe(2);
    expect(await plain("select id, length(name) from p order by 1")).toEqual([
      [1, 4_000_000],
      [2, null],
    ]);
  });

test("a long string is read in slices that split no character and do not overlap", async () => {
  for (const text of ["😀".repeat(50_000), `a${"😀".repeat(50_000)}`, "ab".repeat(65_536), ""]) {
    const slices: string[] = [];
    for await (const slice of sourceText(text, undefined, () => {})) slices.push(slice);
    expect(slices.every(slice => slice.isWellFormed() && slice.length <= 65_537)).toBe(true);
    expect(slices.join("") === text).toBe(true);
  }
});
