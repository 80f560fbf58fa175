import { expect, test } from "bun:test";
import * as v from "valibot";
import { bodyRows, problem, RequestError, readBody } from "../../src/http/index.ts";
import { insert, insertMany, insertSchema, updateSchema, ValidationError } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create type pair as (n numeric, t text);
  create table item (id int primary key, big int8, amount numeric(30, 10), doc jsonb, data bytea, ratio float8,
    amounts numeric[], parts pair, at timestamptz, name varchar(5), "__proto__" text);
  create table always (id int generated always as identity, label text)`,
  "truncate item",
);

const TYPE = { "content-type": "application/json" };
const post = (body: string | Uint8Array | ReadableStream, headers: Record<string, string> = TYPE): Request =>
  new Request("http://localhost/item", { method: "POST", body, headers });
const read = (text: string) => readBody(post(text), insertSchema(schema, "item"));
const rejection = async (promise: Promise<unknown>): Promise<unknown> => {
  const error = (await failure(promise)) as RequestError;
  expect(error).toBeInstanceOf(RequestError);
  return [error.status, error.code];
};

test("numbers of a body are stored with all digits", async () => {
  const row = await read(`{"id": 1, "big": 9007199254740993, "amount": 12345678901234567890.0123456789,
    "amounts": [0.10000000000000000001, 9007199254740992], "parts": {"n": 1.10000000000000000001, "t": null},
    "data": "\\\\x00FF", "ratio": "NaN", "at": "2026-01-01T00:00:00.123456Z", "doc": {"n": 1.5}, "__proto__": "p"}`);
  await insert(sql, schema, "item", row);
  expect(
    await plain(
      `select big::text, amount::text, amounts::text, parts::text, encode(data, 'hex'), ratio::text, doc::text, "__proto__" from item`,
    ),
  ).toEqual([
    [
      ...["9007199254740993", "12345678901234567890.0123456789", "{0.10000000000000000001,9007199254740992}"],
      ...["(1.10000000000000000001,)", "00ff", "NaN", '{"n": 1.5}', "p"],
    ],
  ]);
});

test.each([
  ["a tuple", "[ROW,5]", (row: Schema) => v.tuple([row, v.number()]), "[0]"],
  ["the rest of a tuple", "[5,ROW]", (row: Schema) => v.tupleWithRest([v.number()], row), "[1]"],
  ["a record", '{"a":ROW}', (row: Schema) => v.record(v.string(), row), ".a"],
  [
    "the rest of an object",
    '{"n":1,"a":ROW}',
    (row: Schema) => v.objectWithRest({ n: v.number() }, row),
    ".a",
  ],
  ["a lazy schema", "ROW", (row: Schema) => v.lazy(() => row), ""],
  ["a union", "ROW", (row: Schema) => v.union([v.string(), insertSchema(schema, "always"), row]), ""],
  [
    "a variant",
    '{"kind":"item","row":ROW}',
    (row: Schema) =>
      v.variant("kind", [
        v.object({ kind: v.literal("label"), row: insertSchema(schema, "always") }),
        v.object({ kind: v.literal("item"), row }),
      ]),
    ".row",
  ],
])("a row inside of %s has its bytes and all digits", async (_, body, within, path) => {
  const row = '{"id":1,"big":9007199254740993,"data":"\\\\x00ff"}';
  const output = await readBody(post(body.replace("ROW", row)), within(insertSchema(schema, "item")));
  const part =
    path === "" ? output : Object.entries(output as object).find(([key]) => path.includes(key))![1];
  expect(part).toEqual({ id: 1, big: 9007199254740993n, data: new Uint8Array([0, 255]) });
});
type Schema = v.GenericSchema;

test("an invalid row of a variant has the issues of its own option", async () => {
  const schemaOf = (kind: string, row: Schema) => v.object({ kind: v.literal(kind), row });
  const either = v.variant("kind", [
    schemaOf("label", insertSchema(schema, "always")),
    schemaOf("item", insertSchema(schema, "item")),
  ]);
  const body = '{"kind":"item","row":{"id":1.5,"data":"\\\\x00"}}';
  const { issues } = (await failure(readBody(post(body), either))) as ValidationError;
  expect(issues.map(issue => v.getDotPath(issue))).toEqual(["row.id"]);
});

test("a number that JavaScript would round is an issue where a schema accepts anything", async () => {
  for (const any of [v.any(), v.unknown()])
    expect(await failure(readBody(post('{"a":1e400}'), v.object({ a: any })))).toMatchObject({
      message: expect.stringContaining("Expected a number that JavaScript can hold exactly, received 1e400"),
    });
});

test("a number in a document that JavaScript would round is an issue, not a string", async () => {
  const error = (await failure(read('{"id": 1, "doc": {"a": [0.12345678901234567890]}}'))) as ValidationError;
  expect(error).toBeInstanceOf(ValidationError);
  expect(error.issues.map(issue => [v.getDotPath(issue), issue.message])).toEqual([
    ["doc.a.0", "Expected a number that JavaScript can hold exactly, received 0.12345678901234567890"],
  ]);
  await expect(read('{"id": 1, "doc": {"a": 9007199254740993}}')).rejects.toThrow("JSON has no bigint");
});

test("a deep document of imprecise numbers has 100 issues, whose paths are complete", async () => {
  const nestedBody = (depth: number): string => `${'{"a":[1e999,'.repeat(depth)}1${"]}".repeat(depth)}`;
  const error = (await failure(read(`{"id": 1, "doc": ${nestedBody(300)}}`))) as ValidationError;
  expect(error.issues.map(issue => v.getDotPath(issue))).toEqual(
    Array.from({ length: 100 }, (_, at) => `doc.${"a.1.".repeat(at)}a.0`),
  );
});

test("a bigint has at most the 131,072 digits of PostgreSQL's numeric", async () => {
  const body = v.object({ n: v.bigint() });
  const digits = "1".repeat(131_072);
  expect(await readBody(post(`{"n": ${digits}}`), body)).toEqual({ n: BigInt(digits) });
  await expect(readBody(post(`{"n": ${digits}1}`), body)).rejects.toBeInstanceOf(ValidationError);
});

test("an integer that is too large for its column is an issue", async () => {
  await expect(read('{"id": 9007199254740993}')).rejects.toThrow("Expected an integer from -2147483648");
  await expect(read('{"id": 1e400}')).rejects.toThrow("id: Expected an integer");
});

test("all issues are reported, including unknown columns", async () => {
  const error = (await failure(read('{"name": "too long", "nope": 1}'))) as ValidationError;
  expect(error.issues.map(issue => v.getDotPath(issue)).sort()).toEqual(["id", "name", "nope"]);
});

test("updateSchema and lists of rows are read in the same way", async () => {
  expect(await readBody(post('{"name": "a"}'), updateSchema(schema, "item"))).toEqual({ name: "a" });
  expect(
    await readBody(post('[{"id": 1, "big": 9007199254740993}]'), v.array(insertSchema(schema, "item"))),
  ).toEqual([{ id: 1, big: 9007199254740993n }]);
});

test("the media type must be JSON in UTF-8; a body without a media type is JSON", async () => {
  const one = insertSchema(schema, "item");
  for (const type of ["text/plain", "application/xml", "application/json; charset=latin1"])
    expect(await rejection(readBody(post("{}", { "content-type": type }), one))).toEqual([415, "media_type"]);
  const zipped = { ...TYPE, "content-encoding": "gzip" };
  expect(await rejection(readBody(post("{}", zipped), one))).toEqual([415, "media_type"]);
  const bytes = new TextEncoder().encode('{"id": 1}');
  for (const headers of [
    { "content-type": "application/merge-patch+json; charset=UTF-8" },
    {} as Record<string, string>,
  ])
    expect(await readBody(post(bytes, headers), one)).toEqual({ id: 1 });
});

test("a body that is too large is 413, with and without a length", async () => {
  const one = insertSchema(schema, "item");
  expect(await rejection(readBody(post('{"id": 1}'), one, { limit: 8 }))).toEqual([413, "body_too_large"]);
  const stream = new ReadableStream({
    pull: controller => controller.enqueue(new TextEncoder().encode(" ".repeat(100))),
  });
  expect(await rejection(readBody(post(stream), one, { limit: 1000 }))).toEqual([413, "body_too_large"]);
  expect(await readBody(post('{"id": 1}'), one, { limit: 9 })).toEqual({ id: 1 });
});

const utf8 = new TextEncoder();

/** The same body with a Content-Length header, and as a stream without one. */
const inBothWays = (text: string, headers = TYPE): Request[] => {
  const bytes = utf8.encode(text);
  const pieces = (function* () {
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.slice(at, at + 65_536);
  })();
  return [post(bytes, headers), post(new ReadableStream({ pull: to => next(to, pieces) }), headers)];
};

function next(to: ReadableStreamDefaultController, pieces: Iterator<Uint8Array>): void {
  const { value, done } = pieces.next();
  if (done) to.close();
  else to.enqueue(value);
}

test("readBody accepts up to 1 MiB by default", async () => {
  for (const request of inBothWays(`"${"x".repeat(2 ** 20 - 2)}"`))
    expect(await readBody(request, v.string())).toHaveLength(2 ** 20 - 2);
  for (const request of inBothWays(`"${"x".repeat(2 ** 20 - 1)}"`))
    expect(await rejection(readBody(request, v.string()))).toEqual([413, "body_too_large"]);
});

test("bodyRows accepts up to 64 MiB by default", async () => {
  const headers = { "content-type": "application/x-ndjson" };
  const rows = (request: Request) => Array.fromAsync(bodyRows(request, schema, "item"));
  for (const request of inBothWays(`{"id":1}\n${" ".repeat(2 ** 26 - 9)}`, headers))
    expect(await rows(request)).toEqual([{ id: 1 }] as never);
  for (const request of inBothWays(`{"id":1}\n${" ".repeat(2 ** 26 - 8)}`, headers))
    expect(await rejection(rows(request))).toEqual([413, "body_too_large"]);
});

test("the error reports where the JSON becomes invalid, and which number in a json column JavaScript cannot represent", async () => {
  await expect(read('{\n  "id": 1,\n}')).rejects.toThrow(
    'the body is not valid JSON (line 3, character 1: expected a property name in double quotes, received "}")',
  );
  const csv = post('id,doc\n1,"{""a"":9007199254740993}"\n', { "content-type": "text/csv" });
  expect((await failure(Array.fromAsync(bodyRows(csv, schema, "item")))).message).toStartWith(
    'line 2: item.doc: json has the number 9007199254740993 at "a"',
  );
});

test("a body that is not JSON or not UTF-8 is 400", async () => {
  const one = insertSchema(schema, "item");
  for (const text of ["", "{", "{'id': 1}", "[".repeat(100_000)])
    expect(await rejection(readBody(post(text), one))).toEqual([400, "not_json"]);
  expect(await rejection(readBody(post(new Uint8Array([34, 0xff, 34])), one))).toEqual([400, "not_utf8"]);
  await expect(readBody(post("null"), one)).rejects.toBeInstanceOf(ValidationError);
});

test("a deeply nested document is an issue", async () => {
  const deep = `{"id": 1, "doc": ${"[".repeat(3000)}${"]".repeat(3000)}}`;
  await expect(read(deep)).rejects.toBeInstanceOf(ValidationError);
});

test("a number that JavaScript would round is an issue below thousands of levels as well", async () => {
  const deep = `${"[".repeat(2000)}0.12345678901234567890${"]".repeat(2000)}`;
  const error = (await failure(readBody(post(deep), v.unknown()))) as ValidationError;
  expect(error).toBeInstanceOf(ValidationError);
  expect(error.issues.map(({ path }) => path?.length)).toEqual([2000]);
});

const CSV = { "content-type": "text/csv; charset=utf-8" };

test("a body that would overflow the stack is 400", async () => {
  for (const [open, close] of [
    ["[", "]"],
    ['{"a":', "}"],
  ] as const) {
    const nestedBody = (levels: number) => post(`${open.repeat(levels)}1${close.repeat(levels)}`);
    expect(await rejection(readBody(nestedBody(100_000), v.unknown()))).toEqual([400, "not_json"]);
    expect(await rejection(readBody(nestedBody(5_001), v.unknown()))).toEqual([400, "not_json"]);
    expect(typeof (await readBody(nestedBody(5_000), v.unknown()))).toBe("object");
  }
});

test("bodyRows reads CSV and NDJSON for insertMany", async () => {
  const csv = post('id,big,doc\n1,9007199254740993,"{""a"": 1}"\n2,,\n', CSV);
  expect(await insertMany(sql, schema, "item", bodyRows(csv, schema, "item"))).toBe(2);
  const ndjson = post('{"id": 3, "amount": 0.1234567891}\n{"id": 4}\n', {
    "content-type": "application/x-ndjson",
  });
  expect(await insertMany(sql, schema, "item", bodyRows(ndjson, schema, "item"))).toBe(2);
  expect(await plain("select id, big::text, doc::text, amount::text from item order by id")).toEqual([
    [1, "9007199254740993", '{"a": 1}', null],
    [2, null, null, null],
    [3, null, null, "0.1234567891"],
    [4, null, null, null],
  ]);
});

test.each([
  ["label,nope\na,1\n", 'line 1: always has no column "nope"'],
  ["label,\na,1\n", "line 1: field 2 has no name"],
  ["id,label\n1,a\n", "line 1: id is a GENERATED ALWAYS identity column"],
])("bodyRows of %j: the error does not mention options of importRows", async (text, message) => {
  const rows = bodyRows(post(text, CSV), schema, "always");
  expect(await failure(Array.fromAsync(rows))).toMatchObject({ status: 400, message });
});

test("bodyRows rejects JSON, too many bytes and unknown columns, and nothing is written", async () => {
  expect(() => bodyRows(post("[]"), schema, "item")).toThrow(
    "text/csv, application/x-ndjson or text/tab-separated-values",
  );
  const all = (request: Request, limit = 1000): Promise<number> =>
    insertMany(sql, schema, "item", bodyRows(request, schema, "item", { limit }));
  expect(await rejection(all(post(`id\n${"1\n".repeat(1000)}`, CSV)))).toEqual([413, "body_too_large"]);
  expect(await rejection(all(post("id,nope\n1,2\n", CSV)))).toEqual([400, "invalid_row"]);
  expect(await rejection(all(post('id\n1\n"2', CSV)))).toEqual([400, "invalid_row"]);
  expect(await plain("select count(*)::int from item")).toEqual([[0]]);
});

test("an invalid row of a file is reported with its index and its line", async () => {
  const csv = post('id,name\n1,"a\nb"\n2,too long\n', CSV);
  const error = await failure(insertMany(sql, schema, "item", bodyRows(csv, schema, "item")));
  const { errors } = (await problem(error).json()) as { errors: object[] };
  expect(errors).toMatchObject([{ pointer: "/1/name", line: 4, code: "invalid" }]);
  expect(await plain("select count(*)::int from item")).toEqual([[0]]);
});

test("bodyRows rejects columns that are not in write, and nothing is written", async () => {
  const write = ["id", "name"];
  const all = (body: string, options: object): Promise<number> =>
    insertMany(sql, schema, "item", bodyRows(post(body, CSV), schema, "item", options));
  const error = await failure(all("id,big\n1,7\n", { write }));
  expect(await problem(error).json()).toEqual({
    ...{ type: "about:blank", title: "Unprocessable Content", status: 422, detail: "values are invalid" },
    errors: [
      {
        ...{ pointer: "/0/big", line: 2, code: "read_only" },
        detail: 'Expected a column that can be written, received "big"',
      },
    ],
  });
  expect(() => bodyRows(post("", CSV), schema, "item", { write: ["nam"] })).toThrow(
    'item has no column "nam"',
  );
  expect(await plain("select count(*)::int from item")).toEqual([[0]]);
  expect(await all("id,name\n1,a\n", { write })).toBe(1);
});
