import { afterAll, expect, test } from "bun:test";
import * as v from "valibot";
import { sourceText } from "../../src/files/file-source.ts";
import { importRows } from "../../src/files/index.ts";
import { count, loadSchema, refine, type SchemaSnapshot, scope } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

const others: TestDatabase[] = [];
afterAll(() => Promise.all(others.map(({ drop }) => drop())));
async function database(template: string): Promise<TestDatabase & { readonly schema: SchemaSnapshot }> {
  const made = await testDatabase({ template });
  others.push(made);
  return { ...made, schema: await loadSchema(made.sql) };
}

function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.unreachable("it did not fail"),
    (error: Error) => error,
  );
}

test("an import renames and ignores columns, updates existing rows and reports its progress", async () => {
  const { sql, schema } = await database(
    "create table t (id int primary key, name text, twice int generated always as (id * 2) stored)",
  );
  const progress: unknown[] = [];
  const text = "No,Title,Comment,twice\n1,a,x,99\n2,b,y,99\n";
  expect(
    await importRows(sql, schema, "t", text, {
      format: "csv",
      columns: { No: "id", Title: "name", Comment: null },
      onProgress: report => progress.push(report),
    }),
  ).toBe(2);
  expect(progress).toEqual([{ rows: 2, bytes: text.length }]);
  await importRows(sql, schema, "t", "id\tname\n2\tc\n3\td\n", { format: "tsv", upsert: true });
  expect(await sql`select * from t order by id`.values()).toEqual([
    [1, "a", 2],
    [2, "c", 4],
    [3, "d", 6],
  ]);
});

test.each([
  ["unchanged by COPY", (text: string) => text, false],
  ["row by row", (text: string) => new Response(text), false],
  ["with upsert", (text: string) => text, true],
])(
  "an error of onProgress at the end rejects the import and nothing is stored: %s",
  async (_how, source, upsert) => {
    const { sql, schema } = await database("create table t (id int primary key, name text)");
    const lines = Array.from({ length: 2_500 }, (_, index) => `${index},x\n`);
    const thrown = new RangeError("onProgress");
    const onProgress = ({ rows }: { rows: number }): void => {
      if (rows === 2_500) throw thrown;
    };
    const options = { format: "csv", upsert, onProgress } as const;
    const error = await failure(importRows(sql, schema, "t", source(`id,name\n${lines.join("")}`), options));
    expect(error).toBe(thrown);
    expect(await count(sql, schema, "t")).toBe(0);
  },
);

test("an import reads strings, bytes, blobs, responses, streams and chunks that split a character", async () => {
  const { sql, schema } = await database("create table t (name text)");
  const bytes = new TextEncoder().encode("name\né\n");
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (const byte of bytes) yield Uint8Array.of(byte);
  };
  const sources = [
    ...[
      "\ufeffname\né\n",
      bytes,
      new Blob([bytes]),
      new Response(bytes),
      new Response(bytes).body!,
      pieces(),
    ],
  ];
  for (const source of sources) await importRows(sql, schema, "t", source, { format: "csv" });
  expect(await sql`select count(*)::int from t where name = 'é'`.values()).toEqual([[6]] as never);
  const broken = importRows(sql, schema, "t", Uint8Array.of(110, 0xff, 10), { format: "csv" });
  expect((await failure(broken)).message).toBe("t, line 1: the file is not UTF-8");
});

test("floats out of range are rejected, and infinity is parsed in every spelling", async () => {
  const { sql, schema } = await database("create table t (a float8, b float8[])");
  for (const text of ["1e400", "1e-400", "x"]) {
    await failure(importRows(sql, schema, "t", `a\n${text}\n`, { format: "csv" }));
    await failure(importRows(sql, schema, "t", `b\n"{${text}}"\n`, { format: "csv" }));
  }
  const spellings = ["infinity", "-inf", "Infinity", "nan"];
  for (const text of spellings)
    await importRows(sql, schema, "t", `a,b\n${text},{${text}}\n`, { format: "csv" });
  const plain = spellings.map(text => `('${text}'::float8)`).join(", ");
  const [expected] = [await sql.unsafe(`select v::text from (values ${plain}) x(v)`).values()];
  expect(await sql`select a::text from t`.values()).toEqual(expected);
  expect(await sql`select b[1]::text from t`.values()).toEqual(expected);
});

test("an empty or blank string is not a number", async () => {
  const { sql, schema } = await database("create table t (f float8, n int, d numeric)");
  for (const name of ["f", "n", "d"])
    for (const text of ['""', '" "', " "]) {
      const stored = await importRows(sql, schema, "t", `${name},${name === "f" ? "n" : "f"}\n${text},1\n`, {
        format: "csv",
      }).catch((error: Error) => error.message);
      expect([name, text, stored]).toEqual([
        name,
        text,
        expect.stringContaining(`line 2, ${name}: found ${text === '""' ? '""' : '" "'}`),
      ]);
    }
  expect(await sql`select * from t`.values()).toEqual([] as never);
});

test.each([
  ["pair", "(1,a,x)", "(1)", "(1,a)"],
  ["pair[]", "{NULL,(1,a),(2)}", '{""(1,a,x)""}', '{NULL,""(1,a)""}'],
  ["moment", "(1,2026-01-01T00:00:00Z,x)", "(1)", '(1,""2026-01-01 00:00:00+00"")'],
  ["nothing", "(1)", "(,)", "()"],
  ["outer_pair", '(1,""(1)"")', "(1,(1,a,x))", '(1,""(1,a)"")'],
])("a %s text with more or fewer fields than its type has is rejected", async (type, more, fewer, right) => {
  const { sql, schema } =
    await database(`create type pair as (n int, t text); create type moment as (n int, at timestamptz);
      create type outer_pair as (n int, inside pair); create type nothing as (); create table t (v ${type})`);
  const importing = (text: string) => importRows(sql, schema, "t", `v\n"${text}"\n`, { format: "csv" });
  for (const text of [more, fewer]) expect((await failure(importing(text))).message).toContain("line 2, v: ");
  expect(await importing(right)).toBe(1);
  expect(await sql`select v::text from t`.values()).toEqual([[right.replaceAll('""', '"')]] as never);
});

test("JSON: numbers and bytes are parsed from strings inside arrays, ranges, multiranges and composites", async () => {
  const { sql, schema } =
    await database(`create type floats as range (subtype = float8, multirange_type_name = floats_multirange);
    create type pair as (f float8, b bytea, t text);
    create table t (f float8[], r floats, m floats_multirange, p pair, t text[])`);
  const row = {
    f: [
      ["NaN", 1.5],
      [2, "Infinity"],
    ],
    r: { lower: "-Infinity", upper: 1, bounds: "[)" },
    m: [{ lower: "1e1", upper: "Infinity", bounds: "[]" }],
    p: { f: "NaN", b: "\\x00ff", t: "\\x00ff" },
    t: ["NaN", "\\x00ff"],
  };
  await importRows(sql, schema, "t", JSON.stringify([row]), { format: "json" });
  expect(await sql`select f::text, r::text, m::text, p::text, t::text from t`.values()).toEqual([
    [
      "{{NaN,1.5},{2,Infinity}}",
      "[-Infinity,1)",
      "{[10,Infinity]}",
      '(NaN,"\\\\x00ff","\\\\x00ff")',
      '{NaN,"\\\\x00ff"}',
    ],
  ] as never);
  await expect(importRows(sql, schema, "t", "[1e400]", { format: "json" })).rejects.toThrow(
    "row 1: expected a row as an object { column: value }, received",
  );
});

test("an aborted signal ends an import whose source stalls", async () => {
  const { sql, schema } = await database("create table t (a text)");
  const stalled = async function* (): AsyncGenerator<string> {
    yield "a\n1\n";
    await new Promise(() => {});
  };
  const stop = new AbortController();
  const importing = importRows(sql, schema, "t", stalled(), { format: "csv", signal: stop.signal });
  setTimeout(() => stop.abort(new Error("enough")), 20);
  expect((await failure(importing)).message).toBe("enough");
  expect(await count(sql, schema, "t")).toBe(0);
});

test("an aborted signal ends reading the text of a source that stalls", async () => {
  const stop = new AbortController();
  const stalled = async function* (): AsyncGenerator<string> {
    yield "a\n";
    stop.abort(new Error("enough"));
    await new Promise(() => {});
  };
  const reading = Array.fromAsync(sourceText(stalled(), stop.signal, () => {}));
  expect((await failure(reading)).message).toBe("enough");
});

test("a signal that is already aborted ends reading before the source is asked for its first chunk", async () => {
  const silent = async function* (): AsyncGenerator<string> {
    await new Promise(() => {});
  };
  const reading = Array.fromAsync(sourceText(silent(), AbortSignal.abort(new Error("enough")), () => {}));
  expect((await failure(reading)).message).toBe("enough");
});

test("a signal that is aborted between two chunks ends reading a list of chunks", async () => {
  const stop = new AbortController();
  const chunks = ["a\n", "b\n", "c\n"].map(text => new TextEncoder().encode(text));
  const read: string[] = [];
  const reading = (async () => {
    for await (const text of sourceText(chunks, stop.signal, () => {})) {
      read.push(text);
      stop.abort(new Error("enough"));
    }
  })();
  expect((await failure(reading)).message).toBe("enough");
  expect(read).toEqual(["a\n"]);
});

test("a scope adds its values to imported rows and rejects rows outside it", async () => {
  const { sql, schema } = await database("create table t (tenant int not null, name text)");
  const mine = scope(schema, { t: { tenant: 7 } });
  await importRows(sql, mine, "t", "name\na\n", { format: "csv" });
  expect(await sql`select * from t`.values()).toEqual([[7, "a"]]);
  const other = importRows(sql, mine, "t", "tenant,name\n7,b\n8,c\n", { format: "csv" });
  expect((await failure(other)).message).toBe(
    "t, line 3, tenant: the value contradicts the snapshot's scope; leave out the column, or pass a snapshot without this scope; nothing was written",
  );
  expect(await count(sql, schema, "t")).toBe(1);
});

test("a refined column is validated in the JavaScript form of the caller's snapshot", async () => {
  const { sql, schema } = await database("create table t (doc jsonb)");
  const refined = refine(schema, { t: { doc: v.object({ a: v.number() }) } });
  const text = (json: string): string => `doc\n"${json.replaceAll('"', '""')}"\n`;
  await importRows(sql, refined, "t", text('{"a": 1}'), { format: "csv" });
  const error = await failure(importRows(sql, refined, "t", text('{"a": "x"}'), { format: "csv" }));
  expect(error.message).toContain("line 2, doc.a");
  expect(await count(sql, schema, "t")).toBe(1);
});

test("a JSON row without a column gets its default, and an upsert keeps the existing value", async () => {
  const { sql, schema } = await database(
    `create table t (id int generated by default as identity primary key, title text not null default 'untitled', body text);
     insert into t (title, body) values ('one', 'x'), ('two', 'y')`,
  );
  const lines = (...rows: object[]): string => rows.map(row => JSON.stringify(row)).join("\n");
  const format = "ndjson";
  const changes = lines({ id: 1, title: "t" }, { id: 2, body: "b" });
  await importRows(sql, schema, "t", changes, { format, upsert: true });
  await importRows(sql, schema, "t", lines({ title: "n" }, { body: "m" }), { format });
  await importRows(sql, schema, "t", lines({ body: "o", extra: 1 }, { title: "p" }), { format, alter: true });
  expect(await sql`select id, title, body, extra::text from t order by id`.values()).toEqual([
    [1, "t", "x", null],
    [2, "two", "b", null],
    [3, "n", null, null],
    [4, "untitled", "m", null],
    [5, "untitled", "o", "1"],
    [6, "p", null, null],
  ]);
});
