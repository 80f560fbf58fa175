import { expect, spyOn, test } from "bun:test";
import * as v from "valibot";
import { importRows } from "../../src/files/index.ts";
import { keySchema, type ProblemOptions, problem, querySchema, RequestError } from "../../src/http/index.ts";
import * as rowfn from "../../src/index.ts";
import {
  deleteRow,
  insert,
  insertMany,
  insertSchema,
  page,
  QueryError,
  update,
  updateWhere,
  upsert,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table owner (id int primary key);
  create table item (id int primary key, tenant_id int not null default 1, name varchar(5) unique, price numeric(4, 2) check (price > 0 or price < -5),
    owner_id int references owner, small int2, span int4range, exclude using gist (span with &&));
  create function stop() returns trigger language plpgsql as $$ begin raise exception 'secret %', new.id; end $$;
  create table stopped (id int primary key);
  create trigger stop before insert on stopped for each row execute function stop()`,
  `truncate owner, item; insert into owner values (1); insert into item values (1, 1, 'one', 1, 1, 1, '[1,5)'), (2, 2, 'two', 2, 1, 2, null)`,
);
const mine = rowfn.scope(schema, { item: { tenant_id: 1 } });

const query = (sqlstate: string | undefined): QueryError =>
  new QueryError("secret", { sqlstate, text: "SELECT secret", cause: { errno: sqlstate } });
const raw = async (text: string): Promise<unknown> => await failure(rowfn.q(sql, schema, rowfn.expr(text)));
const item = (row: object) => failure(insert(sql, schema, "item", row as never));
const valid = { id: 9, owner_id: 1 };

test("an error of Valibot with other issues than those of a request is not the client's", () => {
  const url = v.safeParse(querySchema(schema, "item", {}), new URLSearchParams("limit=x")).issues!;
  const other = v.safeParse(v.object({ a: v.string() }), {}).issues!;
  const onError = () => {};
  const statusOf = (...issues: readonly unknown[]): number =>
    problem(new v.ValiError(issues as never), { onError }).status;
  expect([statusOf(...url), statusOf(...url, ...other)]).toEqual([400, 500]);
});

type Thrown = () => unknown;
const ANSWERS: readonly (readonly [
  name: string,
  status: number,
  code: string | undefined,
  thrown: Thrown,
])[] = [
  ["an existing value", 409, "unique", () => item({ ...valid, name: "one" })],
  ["an existing key", 409, "unique", () => item({ ...valid, id: 1 })],
  ["a reference to a missing row", 422, "missing_reference", () => item({ ...valid, owner_id: 7 })],
  [
    "a changed reference to a missing row",
    422,
    "missing_reference",
    () => failure(update(sql, schema, "item", { id: 1, owner_id: 7 })),
  ],
  ["a referenced row", 409, "referenced", () => failure(deleteRow(sql, schema, "owner", 1))],
  [
    "a changed key that is referenced",
    409,
    "referenced",
    () => failure(updateWhere(sql, schema, "owner", { id: 5 }, { all: true })),
  ],
  ["a check of several values", 422, "check", () => item({ ...valid, price: "-1" })],
  ["a range that overlaps", 409, "exclusion", () => item({ ...valid, span: "[2,3)" })],
  ["an error of a statement with the code 23505", 409, undefined, () => query("23505")],
  ["an error of a statement with the code 23P01", 409, undefined, () => query("23P01")],
  [
    "a NULL in raw SQL",
    422,
    undefined,
    () => raw("insert into item (id, tenant_id) values (9, null) returning id"),
  ],
  ["an invalid row", 422, undefined, () => item({ id: 9, small: 99_999 })],
  [
    "invalid rows",
    422,
    undefined,
    () => failure(insertMany(sql, schema, "item", [{ id: 9 }, { id: "x" }] as never)),
  ],
  [
    "an invalid file",
    422,
    undefined,
    () => failure(importRows(sql, schema, "item", "id\nx\n", { format: "csv" })),
  ],
  ["a missing row", 404, "not_found", () => failure(update(sql, schema, "item", { id: 99, name: "x" }))],
  ["another tenant's row", 404, "not_found", () => failure(update(sql, mine, "item", { id: 2, name: "x" }))],
  [
    "the key of another tenant's row",
    403,
    undefined,
    () => failure(upsert(sql, mine, "item", { id: 2, name: "x" })),
  ],
  ["more than one row", 409, undefined, () => failure(rowfn.selectOne(sql, schema, "item", { where: {} }))],
  [
    "an invalid page token",
    400,
    undefined,
    () => failure(page(sql, schema, "item", { limit: 1, after: "x" })),
  ],
  [
    "an unknown column",
    400,
    undefined,
    () => failure(page(sql, schema, "item", { limit: 1, orderBy: "secrt" as never })),
  ],
  ["an invalid key", 400, undefined, () => failure(rowfn.get(sql, schema, "item", "x"))],
  ["raw SQL that is invalid", 400, undefined, () => failure(raw("select $1::int4"))],
  ["an exception of a trigger", 422, undefined, () => failure(insert(sql, schema, "stopped", { id: 7 }))],
  ["a row that has been changed meanwhile", 412, "stale", () => new rowfn.StaleError("secret")],
  ["a lock", 503, undefined, () => new rowfn.LockedError("secret")],
  ["a time limit", 503, undefined, () => new rowfn.TimeoutError("secret")],
  ["an unknown outcome", 500, undefined, () => new rowfn.UnknownOutcomeError("secret")],
  ["settings that change values", 500, undefined, () => new rowfn.SettingsError("secret")],
  ["a stale snapshot", 500, undefined, () => new rowfn.SnapshotError("secret")],
  ["a serialization failure", 503, undefined, () => query("40001")],
  ["a deadlock", 503, undefined, () => query("40P01")],
  ["a row lock", 503, undefined, () => query("55P03")],
  ["a canceled statement", 503, undefined, () => query("57014")],
  ["too many connections", 503, undefined, () => query("53300")],
  ["a shutdown", 503, undefined, () => query("57P01")],
  ["a lost connection", 503, undefined, () => query(undefined)],
  ["a missing privilege", 403, undefined, () => query("42501")],
  ["a value that PostgreSQL rejects", 400, undefined, () => query("22P02")],
  ["a value that is too large", 422, undefined, () => query("54000")],
  ["a syntax error", 500, undefined, () => raw("selec 1")],
  ["a bug", 500, undefined, () => new TypeError("secret")],
  ["a string", 500, undefined, () => "secret"],
  ["an error of the application", 402, "unpaid", () => new RequestError(402, "pay first", "unpaid")],
];

test.each(ANSWERS)("%s is %d", async (_, status, code, thrown) => {
  const response = problem(await thrown(), { onError: () => {} });
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const body = (await response.json()) as Record<string, unknown>;
  expect([response.status, body["status"], body["code"]]).toEqual([status, status, code]);
  expect(body["title"]).toBeString();
  expect(response.headers.get("retry-after")).toBe(status === 503 ? "1" : null);
  expect(JSON.stringify(body)).not.toMatch(/secret(?!rt)|SELECT|INSERT|Key \(/i);
});

const body = async (error: unknown): Promise<unknown> => await problem(error).json();

test("the message of a constraint in refine is the detail", async () => {
  const message = "there is an item with this name";
  const own = rowfn.refine(schema, { item: { constraints: { item_name_key: message } } });
  const error = await failure(rowfn.insert(sql, own, "item", { ...valid, id: 99, name: "one" } as never));
  expect(await body(error)).toMatchObject({
    ...{ status: 409, code: "unique", detail: message },
    errors: [{ pointer: "/name", detail: message, code: "unique" }],
  });
});

test("a violated constraint reports its columns as JSON pointers", async () => {
  expect(await body(await item({ ...valid, name: "one" }))).toEqual({
    ...{ type: "about:blank", title: "Conflict", status: 409, code: "unique" },
    detail: "another row has the same value",
    errors: [{ pointer: "/name", detail: "another row has the same value", code: "unique" }],
  });
});

test("an invalid row has a pointer per value", async () => {
  const error = await failure(
    insertMany(sql, schema, "item", [{ id: 1 }, { name: "too long", nope: 1 }] as never),
  );
  expect(await body(error)).toEqual({
    ...{ type: "about:blank", title: "Unprocessable Content", status: 422, detail: "values are invalid" },
    errors: [
      {
        pointer: "/1/nope",
        detail: expect.stringContaining("Expected a column of item"),
        code: "unknown_column",
      },
      {
        pointer: "/1/id",
        detail: expect.stringContaining("Expected a value, received nothing"),
        code: "required",
      },
      {
        pointer: "/1/name",
        detail: expect.stringContaining("Expected at most 5 characters"),
        code: "invalid",
      },
    ],
  });
});

const thrownBy = (schemaOf: v.GenericSchema, input: unknown): unknown => {
  try {
    return v.parse(schemaOf, input);
  } catch (error) {
    return error;
  }
};

test("issues of a URL are 400 with the parameter's name, issues of values are 422, and other Valibot errors are 500", async () => {
  const url = thrownBy(querySchema(schema, "item"), new URLSearchParams("limit=x&a%2Fb=1"));
  expect(await body(url)).toMatchObject({
    status: 400,
    errors: [
      { parameter: "limit", detail: 'Expected an integer from 1 to 100, received "x"', code: "invalid" },
      { parameter: "a/b", code: "invalid" },
    ],
  });
  expect(problem(thrownBy(keySchema(schema, "item"), "x")).status).toBe(400);
  expect(problem(thrownBy(insertSchema(schema, "item"), { id: "x" })).status).toBe(422);
  expect(problem(thrownBy(v.string(), 1), { onError: () => {} }).status).toBe(500);
  const both = v.object({ q: querySchema(schema, "item"), s: v.string() });
  const mixed = thrownBy(both as never, { q: new URLSearchParams("limit=x"), s: 1 });
  expect(problem(mixed, { onError: () => {} }).status).toBe(500);
});

test("special characters of a pointer are escaped", async () => {
  const issue = { ...v.safeParse(v.string(), 1).issues![0]!, path: [{ key: "a/b~c" }] } as never;
  expect(await body(new rowfn.ValidationError("t", [issue]))).toMatchObject({
    errors: [{ pointer: "/a~1b~0c" }],
  });
});

test("an aborted request is 499 without a body", async () => {
  const controller = new AbortController();
  controller.abort();
  const response = problem(controller.signal.reason);
  expect([response.status, response.body]).toEqual([499, null]);
});

test("onError is called only for server errors, and headers are added", () => {
  const seen: unknown[] = [];
  const options: ProblemOptions = { onError: error => seen.push(error), headers: { "x-id": "7" } };
  const bug = new TypeError("bug");
  expect(problem(bug, options).headers.get("x-id")).toBe("7");
  problem(new rowfn.NotFoundError("x"), options);
  expect(seen).toEqual([bug]);
});

test("without onError the server errors are printed", () => {
  const print = spyOn(console, "error").mockImplementation(() => {});
  const bug = new TypeError("bug");
  problem(bug);
  problem(new rowfn.NotFoundError("x"));
  const printed = [...print.mock.calls];
  print.mockRestore();
  expect(printed).toEqual([[bug]]);
});

test.each<[string, () => unknown]>([
  ["a missing value", () => rowfn.scope(schema, { item: { tenant_id: undefined as never } })],
  ["no rule", () => rowfn.scope(schema, {} as never)],
  ["an unknown table", () => rowfn.scope(schema, { nope: { tenant_id: 1 } } as never)],
])("a mistake in scope is the server's: %s", async (_what, make) => {
  const errors: unknown[] = [];
  const error = await failure(Promise.resolve().then(make));
  expect(error).toBeInstanceOf(rowfn.RowfnError);
  expect(problem(error, { onError: one => errors.push(one) }).status).toBe(500);
  expect(errors).toEqual([error]);
});

test("a value that contradicts the scope is reported with its column", async () => {
  const error = new rowfn.ArgumentError("note.org_id: the value contradicts the scope", {
    columns: ["org_id"],
  });
  expect(await problem(error).json()).toEqual({
    ...{ type: "about:blank", title: "Unprocessable Content", status: 422, detail: "values are invalid" },
    errors: [
      {
        ...{ pointer: "/org_id", code: "read_only" },
        detail: "the value must be that of the scope; leave out the column",
      },
    ],
  });
});

test.each([
  [402, "Payment Required"],
  [410, "Gone"],
  [451, "Unavailable For Legal Reasons"],
  [504, "Gateway Timeout"],
])("the title of a RequestError %d is the phrase of its status", async (status, title) => {
  const detail = "no";
  expect(await problem(new RequestError(status, detail, "own"), { onError: () => {} }).json()).toEqual({
    ...{ type: "about:blank", title, status, detail, code: "own" },
  });
});

test.each([undefined, 200, 304, 600, 400.5, "400"])("a RequestError with the status %p is a 500", status => {
  const errors: unknown[] = [];
  const given = new RequestError(status as number, "a reason", "own");
  expect(problem(given, { onError: error => void errors.push(error) }).status).toBe(500);
  expect(errors).toEqual([given]);
});
