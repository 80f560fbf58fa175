// A body with very many mistakes: the first ones are reported, and the others are not looked for.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { crud, problem, readBody } from "../../src/http/index.ts";
import { insertMany, insertSchema, type ValidationError } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  "create table note (id int primary key, body text not null)",
  "truncate note",
);
const routes = crud(sql, schema, { tables: { note: { write: ["id", "body"], filter: ["id"] } } });
const send = async (path: string, body: unknown) => {
  const init = { method: "POST", body: JSON.stringify(body) };
  const response = await routes[path]!(new Request(`http://localhost${path}`, init));
  const { detail, errors } = (await response.json()) as { detail: string; errors: { pointer: string }[] };
  return { status: response.status, detail, pointers: errors.map(({ pointer }) => pointer) };
};
const DETAIL = "values are invalid; only the first 100 errors are listed";
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const request = (body: unknown) =>
  new Request("http://localhost", { method: "POST", body: JSON.stringify(body) });

test("the errors of a long list are those of its first rows", async () => {
  const rows = numbers(300).map(id => (id % 2 === 0 ? { id } : { id, body: "b" }));
  expect(await send("/note", rows)).toEqual({
    status: 422,
    detail: DETAIL,
    pointers: numbers(100).map(at => `/${at * 2}/body`),
  });
  expect(await send("/note", numbers(300))).toEqual({
    status: 422,
    detail: DETAIL,
    pointers: numbers(100).map(at => `/${at}`),
  });
  expect(await plain("select * from note")).toEqual([]);
});

test("a few errors of a long list are all reported, and a long valid list is stored", async () => {
  const rows = numbers(300).map(id => ({ id, body: "b" }));
  const wrong = rows.map(row => (row.id === 50 || row.id === 299 ? { id: row.id } : row));
  expect(await send("/note", wrong)).toMatchObject({
    detail: "values are invalid",
    pointers: ["/50/body", "/299/body"],
  });
  const init = { method: "POST", body: JSON.stringify(rows) };
  expect((await routes["/note"]!(new Request("http://localhost/note", init))).status).toBe(201);
  expect(await plain("select count(*)::int from note")).toEqual([[300]]);
});

test("a row with very many unknown columns has an error for the first ones", async () => {
  const row = Object.fromEntries(numbers(300).map(at => [`x${at}`, 1]));
  expect(await send("/note", row)).toEqual({
    status: 422,
    detail: DETAIL,
    pointers: numbers(100).map(at => `/x${at}`),
  });
});

test("the operations of a batch that is too long are not examined", async () => {
  expect(await send("/batch", numbers(1_001))).toEqual({
    status: 422,
    detail: "values are invalid",
    pointers: [""],
  });
});

test("readBody examines a long list until it has 100 issues", async () => {
  const rows = v.array(insertSchema(schema, "note"));
  const error = await failure(readBody(request(numbers(300).map(id => ({ id }))), rows));
  const { issues } = error as ValidationError;
  expect(issues.map(({ path }) => path?.map(({ key }) => key))).toEqual(numbers(100).map(at => [at, "body"]));
});

test("readBody reports the issues of a long list as a whole, and returns the output of its schema", async () => {
  const rows = numbers(101).map(id => ({ id, body: "b" }));
  const item = insertSchema(schema, "note");
  const few = v.pipe(v.array(item), v.maxLength(100, "too many rows"));
  expect(await failure(readBody(request(rows), few))).toMatchObject({
    issues: [{ message: "too many rows" }],
  });
  const counted = v.pipe(
    v.array(item),
    v.transform(all => all.length),
  );
  expect(await readBody(request(rows), counted)).toBe(101);
});

test("problem lists the first 100 issues of an error", async () => {
  const rows = numbers(150).map(id => ({ id }));
  const error = await failure(insertMany(sql, schema, "note", rows as never));
  const { detail, errors } = (await problem(error).json()) as { detail: string; errors: unknown[] };
  expect([(error as ValidationError).issues.length, detail, errors.length]).toEqual([150, DETAIL, 100]);
  const query = numbers(150).map(at => `p${at}=1`);
  const response = await routes["/note"]!(new Request(`http://localhost/note?${query.join("&")}`));
  expect((await response.json()) as { errors: unknown[] }).toMatchObject({
    detail: "parameters are invalid; only the first 100 errors are listed",
    errors: numbers(100).map(at => ({ parameter: `p${at}` })),
  });
});
