import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as v from "valibot";
import { exportRows, type FileFormat, ImportError, importRows } from "../../src/files/index.ts";
import {
  count,
  gt,
  loadSchema,
  refine,
  type SchemaSnapshot,
  scope,
  tableNames,
  ValidationError,
} from "../../src/index.ts";
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

function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.unreachable("it did not fail"),
    (error: Error) => error,
  );
}

describe.each(FORMATS)("%s", format => {
  test("every table of the music store goes out and comes in unchanged", async () => {
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

  test("a value of any type goes out and comes in unchanged", async () => {
    const { sql } = await database(USER_TYPES_SQL);
    // JSON's own null has no form in JSON but NULL.
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

test("an export follows select, where, order, limit and scope; header: false leaves out the names", async () => {
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

test("who stops reading an export ends its query and gives the connection back", async () => {
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

test("an import takes names of its own, leaves out columns, changes rows that are there, and tells of its progress", async () => {
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

test("an import reads texts, bytes, blobs, responses, streams and pieces that cut a character in two", async () => {
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
  expect((await failure(broken)).message).toBe("t: the file is not UTF-8");
});

test("a column of NULLs goes out and comes in, an empty line between other rows is none", async () => {
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

test("numbers that 64 bits cannot hold are refused, infinity is read in every spelling", async () => {
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

test("an export is exact also of a snapshot with schemas of the caller's, and whatever forms it was read with", async () => {
  const { sql, schema } = await database(
    "create table t (at timestamptz, name text); insert into t values ('2026-01-02 03:04:05.123456+00', 'a')",
  );
  const refined = refine(schema, { t: { name: v.string() } });
  const text = await new Response(exportRows(sql, refined, "t", { format: "csv", select: ["at"] })).text();
  expect(text).toContain("05.123456");
});

test.each(["json", "ndjson"] as const)("%s: numbers of any length stay what they are", async format => {
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

test("a source that stops coming ends when the signal does", async () => {
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

test("an unknown format is refused at once", () => {
  const format = "xml" as "csv";
  expect(() => exportRows(store.sql, store.schema, "genre", { format })).toThrow(
    'format is one of csv, tsv, json, ndjson, received "xml"',
  );
});

test("a scope stamps imported rows and refuses those of others", async () => {
  const { sql, schema } = await database("create table t (tenant int not null, name text)");
  const mine = scope(schema, { t: { tenant: 7 } });
  await importRows(sql, mine, "t", "name\na\n", { format: "csv" });
  expect(await sql`select * from t`.values()).toEqual([[7, "a"]]);
  const other = importRows(sql, mine, "t", "tenant,name\n7,b\n8,c\n", { format: "csv" });
  expect((await failure(other)).message).toContain("tenant");
  expect(await count(sql, schema, "t")).toBe(1);
});

test("a column with a schema of the caller's is judged by it in the caller's form", async () => {
  const { sql, schema } = await database("create table t (doc jsonb)");
  const refined = refine(schema, { t: { doc: v.object({ a: v.number() }) } });
  const text = (json: string): string => `doc\n"${json.replaceAll('"', '""')}"\n`;
  await importRows(sql, refined, "t", text('{"a": 1}'), { format: "csv" });
  const error = await failure(importRows(sql, refined, "t", text('{"a": "x"}'), { format: "csv" }));
  expect(error.message).toContain("line 2, doc.a");
  expect(await count(sql, schema, "t")).toBe(1);
});

describe("a file that cannot be imported is refused with its line, and nothing of it is kept", () => {
  const LATE = Array.from({ length: 12_000 }, (_, index) => `${index},x`).join("\n");
  const cases: readonly (readonly [FileFormat, string, string])[] = [
    [
      "csv",
      "id,name\n1,a\nx,b\n3,\n",
      `\
t: 2 values not accepted, nothing was written
  line 3, id: Expected an integer from -2147483648 to 2147483647, received "x"
  line 4, name: Expected a string, received null (the column is NOT NULL)`,
    ],
    [
      "csv",
      'id,name\n1,"a\nb"\nx,c\n',
      `\
t: 1 value not accepted, nothing was written
  line 4, id: Expected an integer from -2147483648 to 2147483647, received "x"`,
    ],
    [
      "csv",
      "id,name\n1,a\n1,b\n",
      "t, line 3: a value that no other row has in id (t_pkey); nothing was written",
    ],
    [
      "csv",
      `id,name\n${LATE}\n5,y\n`,
      "t, line 12002: a value that no other row has in id (t_pkey); nothing was written",
    ],
    ["csv", "id,nam\n1,a\n", 't: line 1: t has no column "nam". Did you mean "name"?'],
    ["csv", "id,id\n1,2\n", 't: line 1: the column "id" is there twice'],
    ["csv", "id,nam\n", 't: line 1: t has no column "nam". Did you mean "name"?'],
    ["csv", "id,name\n1,a,3\n", "t: line 2: 3 fields, but the first line names 2"],
    [
      "csv",
      'id,name\n1,"a\n',
      "t: Quote Not Closed: the parsing is finished with an opening quote at line 2",
    ],
    [
      "tsv",
      "id\tdoc\tname\n1\t{a\tb\n",
      `t: 1 value not accepted, nothing was written
  line 2, doc: Expected a string of JSON text, received "{a"`,
    ],
    ["ndjson", '{"id":1,"name":"a"}\n{"id":2', "t: line 2: JSON Parse error: Expected '}'"],
    ["ndjson", '{"id":1,"name":"a"}\n7\n', "t: row 2 is no object of column → value"],
    [
      "json",
      '[{"id":1,"name":"a"},{"id":1.5,"name":"a"}]',
      `\
t: 1 value not accepted, nothing was written
  row 2, id: Expected an integer from -2147483648 to 2147483647, received 1.5`,
    ],
  ];
  let refusing: Awaited<ReturnType<typeof database>>;
  beforeAll(async () => {
    refusing = await database("create table t (id int primary key, name text not null, doc jsonb)");
  });
  test.each(cases)("%s %#", async (format, text, message) => {
    const { sql, schema } = refusing;
    const error = await failure(importRows(sql, schema, "t", text, { format }));
    expect(error).toBeInstanceOf(ImportError);
    expect(error.message).toBe(message);
    expect(await sql`select count(*)::int from t`.values()).toEqual([[0]] as never);
  });

  test("names that mean nothing, or the same column", async () => {
    const { sql, schema } = refusing;
    const refused = (columns: Record<string, "id" | "name">): Promise<Error> =>
      failure(importRows(sql, schema, "t", "No,id,name\n1,2,a\n", { format: "csv", columns }));
    expect((await refused({ No: "id" })).message).toBe('t: line 1: "No" and "id" both mean id');
    expect((await refused({ no: "id" })).message).toBe('t: line 1: there is no "no", which `columns` names');
  });

  test("numbers that the database gives, with how to leave them out", async () => {
    const { sql, schema } = await database("create table u (id int generated always as identity, name text)");
    const refused = (format: "csv" | "ndjson", text: string): Promise<Error> =>
      failure(importRows(sql, schema, "u", text, { format }));
    const message = "id is numbered by the database (GENERATED ALWAYS): leave it out with columns";
    expect((await refused("csv", "No,name\n")).message).toContain("no column");
    expect((await refused("csv", "id,name\n7,a\n8,b\n")).message).toBe(
      `u: line 1: ${message}: { "id": null }`,
    );
    expect((await refused("ndjson", '{"id":7,"name":"a"}\n')).message).toBe(
      `u: line 1: ${message}: { "id": null }`,
    );
    const columns = { id: null };
    expect(await importRows(sql, schema, "u", "id,name\n7,a\n8,b\n", { format: "csv", columns })).toBe(2);
    expect(await sql`select id, name from u order by id`.values()).toEqual([
      [1, "a"],
      [2, "b"],
    ] as never);
  });

  test("the cause is the ValidationError with its issues", async () => {
    const { sql, schema } = refusing;
    const error = await failure(importRows(sql, schema, "t", "id,name\nx,a\n", { format: "csv" }));
    expect(error.cause).toBeInstanceOf(ValidationError);
  });

  test("a signal stops an import", async () => {
    const { sql, schema } = refusing;
    const stop = new AbortController();
    const rows = importRows(sql, schema, "t", `id,name\n${LATE}`, {
      format: "csv",
      signal: stop.signal,
      onProgress: () => stop.abort(new Error("enough")),
    });
    expect((await failure(rows)).message).toBe("enough");
    expect(await sql`select count(*)::int from t`.values()).toEqual([[0]] as never);
  });
});
