// A value whose type has a syntax of its own, such as jsonpath, and errors in statements that have the same code.
import { expect, test } from "bun:test";
import { crud, problem } from "../../src/http/index.ts";
import { expr, insertMany, q } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table rule (id int primary key, path jsonpath, words tsquery, source regclass, space regnamespace, type regtype);
   create table run (id int primary key, text text);
   create function run_text() returns trigger language plpgsql as $$ begin execute new.text; return new; end $$;
   create trigger run_text before insert on run for each row execute function run_text()`,
  "truncate rule, run",
);
const unexpected: unknown[] = [];
const onError = (error: unknown) => void unexpected.push(error);
const routes = crud(sql, schema, {
  tables: {
    rule: { write: ["id", "path", "words", "source", "space", "type"] },
    run: { write: ["id", "text"] },
  },
  onError,
});
const post = async (path: string, body: string, type = "application/json") => {
  const init = { method: "POST", body, headers: { "content-type": type } };
  const response = await routes[path]!(new Request(`http://localhost${path}`, init));
  return [response.status, ((await response.json()) as { detail: string }).detail];
};

test.each([
  ['{"id":1,"path":"a b"}', "application/json"],
  ['{"id":1,"words":"a b"}', "application/json"],
  ['{"id":1,"source":"absent"}', "application/json"],
  ['[{"id":1,"source":null},{"id":2,"source":"absent"}]', "application/json"],
  ['{"id":1,"source":"\\""}', "application/json"],
  ['{"id":1,"space":"absent"}', "application/json"],
  ['{"id":1,"type":"absent.absent"}', "application/json"],
  ['[{"id":1,"path":"$"},{"id":2,"path":"a b"}]', "application/json"],
  ["id,path\n1,a b\n", "text/csv"],
])("%s as %s has an invalid value, which is no error of the server", async (body, type) => {
  unexpected.length = 0;
  expect([await post("/rule", body, type), unexpected]).toEqual([[400, "a value is invalid"], []]);
  expect(await plain("select * from rule")).toEqual([]);
});

test("an invalid value of a COPY is no error of the server", async () => {
  const rows = Array.from({ length: 5_000 }, (_, id) => ({ id, path: "a b" }));
  const error = await failure(insertMany(sql, schema, "rule", rows));
  expect(problem(error, { onError }).status).toBe(400);
});

test("a syntax error of a statement, also in the function of a trigger, is an error of the server", async () => {
  expect(problem(await failure(q(sql, schema, expr`select from where`)), { onError }).status).toBe(500);
  expect(await post("/run", '{"id":1,"text":"selec 1"}')).toEqual([500, "an unexpected error occurred"]);
});
