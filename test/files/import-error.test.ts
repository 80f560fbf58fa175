import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type FileFormat, ImportError, importRows } from "../../src/files/index.ts";
import { loadSchema, type SchemaSnapshot, ValidationError } from "../../src/index.ts";
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

describe("an invalid file is rejected with its line, and nothing is written", () => {
  const LATE = Array.from({ length: 12_000 }, (_, index) => `${index},x`).join("\n");
  const cases: readonly (readonly [FileFormat, string, string])[] = [
    [
      "csv",
      "id,name\n1,a\nx,b\n3,\n",
      `\
t: 2 invalid values; nothing was written
  line 3, id: found "x", expected an integer from -2147483648 to 2147483647
  line 4, name: found no value, expected text (the column is NOT NULL)`,
    ],
    [
      "csv",
      'id,name\n1,"a\nb"\nx,c\n',
      `\
t: 1 invalid value; nothing was written
  line 4, id: found "x", expected an integer from -2147483648 to 2147483647`,
    ],
    ["csv", "id,name\n1,a\n1,b\n", "t, line 3, id: 1 is already taken; nothing was written"],
    ["csv", `id,name\n${LATE}\n5,y\n`, "t, line 12002, id: 5 is already taken; nothing was written"],
    ["csv", "id,nam\n1,a\n", 't, line 1: t has no column "nam"; did you mean "name"?'],
    [
      "csv",
      "id,comment\n1,a\n",
      't, line 1: t has no column "comment"; add it with alter: true, or skip it with columns: { "comment": null }',
    ],
    ["csv", "id,id\n1,2\n", 't, line 1: column "id" appears twice'],
    ["csv", "id,nam\n", 't, line 1: t has no column "nam"; did you mean "name"?'],
    ["csv", "id,name\n1,a,3\n", "t, line 2: expected 2 fields, as in the header, received 3"],
    [
      "csv",
      'id,name\n1,"a\n',
      't, line 2: the quoted field has no closing quote; write a quote inside it as ""',
    ],
    [
      "csv",
      'id,name\n1,"a\nb"\n\n2,"c\n3,d\n4,e\n',
      't, line 5: the quoted field has no closing quote; write a quote inside it as ""',
    ],
    [
      "csv",
      'id,name\n1,"a\n2,b\n3,"c"\n',
      't, line 4: text follows the closing quote of a field that begins on line 2; write a quote inside it as ""',
    ],
    [
      "tsv",
      "id\tdoc\tname\n1\t{a\tb\n",
      `t: 1 invalid value; nothing was written
  line 2, doc: found "{a", expected JSON (character 2: expected a property name in double quotes or "}", received "a")`,
    ],
    [
      "ndjson",
      '{"id":1,"name":"a"}\n{"id":2',
      't, line 2: the text is not valid JSON (character 8: expected "," or "}", received the end of the text)',
    ],
    [
      "json",
      '{"id":1,"name":"a"}\n{"id":2,"name":"b"}\n',
      't: the text is not valid JSON (line 2, character 1: expected the end, received "{"); an object per line is the format ndjson',
    ],
    [
      "ndjson",
      '{"id":1,"name":"a"}\n7\n',
      "t, line 2: expected a row as an object { column: value }, received 7",
    ],
    [
      "json",
      '[{"id":1,"name":"a"},{"id":1.5,"name":"a"}]',
      `\
t: 1 invalid value; nothing was written
  row 2, id: found 1.5, expected an integer from -2147483648 to 2147483647`,
    ],
  ];
  let rejecting: Awaited<ReturnType<typeof database>>;
  beforeAll(async () => {
    rejecting = await database("create table t (id int primary key, name text not null, doc jsonb)");
  });
  test.each(cases)("%s %#", async (format, text, message) => {
    const { sql, schema } = rejecting;
    const error = await failure(importRows(sql, schema, "t", text, { format }));
    expect(error).toBeInstanceOf(ImportError);
    expect(error.message).toBe(message);
    expect(await sql`select count(*)::int from t`.values()).toEqual([[0]] as never);
  });

  test.each<[FileFormat, string, string]>([
    ["json", '[{"id":1,"name":"a"},{"id":2,"No":3}]', "t, row 2: column id appears twice"],
    ["json", '{"No":2,"id":3}', "t, row 1: column id appears twice"],
    ["ndjson", '{"id":1,"name":"a"}\n{"id":2,"No":3}\n', "t, line 2: column id appears twice"],
    ["csv", "id,No\n1,2\n", 't, line 1: "id" and "No" are both column id'],
    ["tsv", "id\tNo\n1\t2\n", 't, line 1: "id" and "No" are both column id'],
  ])("two names of one column in %s: %s", async (format, text, message) => {
    const { sql, schema } = rejecting;
    const error = await failure(importRows(sql, schema, "t", text, { format, columns: { No: "id" } }));
    expect(error).toBeInstanceOf(ImportError);
    expect(error.message).toBe(message);
    expect(await sql`select count(*)::int from t`.values()).toEqual([[0]] as never);
  });

  test("names of columns that do not exist or are ambiguous", async () => {
    const { sql, schema } = rejecting;
    const rejected = (columns: Record<string, "id" | "name">): Promise<Error> =>
      failure(importRows(sql, schema, "t", "No,id,name\n1,2,a\n", { format: "csv", columns }));
    expect((await rejected({ No: "id" })).message).toBe('t, line 1: "No" and "id" are both column id');
    expect((await rejected({ no: "id" })).message).toBe(
      't, line 1: columns names "no", which the header does not have',
    );
  });

  test("identity columns, with the option that ignores them", async () => {
    const { sql, schema } = await database("create table u (id int generated always as identity, name text)");
    const rejected = (format: "csv" | "ndjson", text: string): Promise<Error> =>
      failure(importRows(sql, schema, "u", text, { format }));
    const message = "id is a GENERATED ALWAYS identity column; leave it out with columns";
    expect((await rejected("csv", "No,name\n")).message).toContain("no column");
    expect((await rejected("csv", "id,name\n7,a\n8,b\n")).message).toBe(
      `u, line 1: ${message}: { "id": null }, or restore it with overriding: true`,
    );
    expect((await rejected("ndjson", '{"id":7,"name":"a"}\n')).message).toBe(
      `u, line 1: ${message}: { "id": null }, or restore it with overriding: true`,
    );
    const columns = { id: null };
    expect(await importRows(sql, schema, "u", "id,name\n7,a\n8,b\n", { format: "csv", columns })).toBe(2);
    expect(await sql`select id, name from u order by id`.values()).toEqual([
      [1, "a"],
      [2, "b"],
    ] as never);
  });

  test("the cause is the ValidationError with its issues", async () => {
    const { sql, schema } = rejecting;
    const error = await failure(importRows(sql, schema, "t", "id,name\nx,a\n", { format: "csv" }));
    expect(error.cause).toBeInstanceOf(ValidationError);
  });

  test("an aborted signal stops an import", async () => {
    const { sql, schema } = rejecting;
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

test("an object with the same key twice is rejected, because only its last value would be stored", async () => {
  const { sql, schema } = await database("create table twice (id int, doc jsonb)");
  const texts = [
    ['{"id":1,"id":2}', "id", 9],
    ['{"id" : 1, "doc": {"b": {"a": 0}, "a": 1, "a": 2}}', "a", 43],
    ['{"id":1,"\\u0069d":2}', "id", 9],
  ] as const;
  const message = async (format: FileFormat, text: string): Promise<string> =>
    (await failure(importRows(sql, schema, "twice", text, { format }))).message;
  for (const [text, key, character] of texts) {
    const reason = `the text has an object with the same key twice: "${key}"`;
    expect(await message("ndjson", `{"id":0}\n${text}`)).toBe(
      `twice, line 2: ${reason} (character ${character})`,
    );
    expect(await message("json", `[{"id":0},\n${text}]`)).toBe(
      `twice: ${reason} (line 2, character ${character})`,
    );
  }
  const good = [
    '{"id" : 1, "doc": {"a\\": \\"b": "x\\":", "b": {"a": 1}}}',
    '{"id":2,"doc":[{"a":12345678901234567890},{"a":1}]}',
  ];
  expect(await importRows(sql, schema, "twice", good.join("\n"), { format: "ndjson" })).toBe(2);
});

test("invalid names and quotes in a file for a new table are rejected with their line and advice", async () => {
  const { sql, schema } = await database("create table note (id int primary key)");
  const cases = [
    [
      "csv",
      "ctid\n1\n",
      't, line 1: the name "ctid" is that of a system column, which every table has; choose a different name with columns: { "ctid": "name" }',
    ],
    [
      "ndjson",
      '{"a":1}\n{"":2}\n',
      't, line 2: a name must be a non-empty string without NUL characters and lone surrogates, received ""; choose a different name with columns: { "": "name" }',
    ],
    [
      "csv",
      'a,b\n1,x "y"\n',
      't, line 2: a quote is inside a field without quotes; quote the whole field, and write a quote inside it as ""',
    ],
  ] as const;
  for (const [format, text, message] of cases) {
    const error = await failure(importRows(sql, schema, "t", text, { format, create: true }));
    expect(error.message).toBe(message);
  }
});

test("an error of a trigger, or of a type that only PostgreSQL reads, has the line that PostgreSQL reports", async () => {
  const { sql, schema } = await database(
    `create table query (id int primary key, words tsquery);
     create function no_unlucky() returns trigger language plpgsql as
       $$begin if new.id = 113 then raise exception 'unlucky'; end if; return new; end$$;
     create trigger check_id before insert on query for each row execute function no_unlucky()`,
  );
  const rows = (id: number): string =>
    Array.from({ length: 150 }, (_, index) => `${index + id},"a\n& b"\n`).join("");
  const of = (text: string): Promise<Error> =>
    failure(importRows(sql, schema, "query", text, { format: "csv" }));
  const raised = await of(`id,words\n${rows(1)}`);
  expect(raised).toBeInstanceOf(ImportError);
  expect(raised.message).toStartWith("query, line 227: unlucky [P0001]; nothing was written\n");
  const invalid = await of(`id,words\n${rows(1_000)}2000,a b\n${rows(3_000)}`);
  expect(invalid.message).toStartWith(
    "query, line 302, words: syntax error in tsquery [42601]; nothing was written\n",
  );
  expect(await sql`select count(*)::int from query`.values()).toEqual([[0]] as never);
});
