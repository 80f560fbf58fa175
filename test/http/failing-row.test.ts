// The position of the invalid row in a body with many rows.
import { expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { scope } from "../../src/index.ts";
import { answer } from "../support/invoice-service.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table item (id int primary key, tenant int, name text not null, qty int, unique (tenant, name),
     constraint odd check (qty % 7 <> 3));
   create table part (id int primary key, tenant int, item_id int references item);
   create table low (id int primary key, name text, constraint no_x check (name !~ '[xX]'));
   create function lower_name() returns trigger language plpgsql as 'begin new.name := lower(new.name); return new; end';
   create trigger lower before insert on low for each row execute function lower_name();
   create table late (id int primary key, name text, unique (name) deferrable initially deferred);`,
  "truncate item, part, low, late; insert into item (id, tenant, name) values (1, 1, 'a'), (2, 2, 'b')",
);
const mine = scope(schema, { item: { tenant: 1 }, part: { tenant: 1 } });
const routes = crud(sql, schema, {
  scope: () => mine,
  tables: {
    item: { write: ["id", "name", "qty"] },
    part: { write: ["id", "item_id"] },
    low: { write: ["id", "name"] },
    late: { write: ["id", "name"] },
  },
});

/** The status, code and errors of a POST of rows as JSON, NDJSON and CSV. */
async function post(table: string, rows: readonly Record<string, unknown>[]): Promise<unknown[]> {
  const names = Object.keys(rows[0]!);
  const bodies = {
    "application/json": JSON.stringify(rows),
    "application/x-ndjson": rows.map(row => `${JSON.stringify(row)}\n`).join(""),
    "text/csv": [names, ...rows.map(row => names.map(name => row[name]))].join("\n"),
  };
  const answers: unknown[] = [];
  for (const [type, body] of Object.entries(bodies)) {
    const init = { method: "POST", body, headers: { "content-type": type } };
    const response = await routes[`/${table}`]!(new Request(`http://localhost/${table}`, init));
    const [status, problem] = (await answer(response)) as [number, { code: string; errors: object[] }];
    answers.push([status, problem.code, ...problem.errors.map(error => ({ ...error, detail: "" }))]);
  }
  return answers;
}

const at = (pointer: string, code: string, lines: readonly [number, number]): unknown[] => {
  const status = code === "unique" ? 409 : 422;
  const entry = { pointer, detail: "", code };
  return [[status, code, entry], ...lines.map(line => [status, code, { pointer, line, detail: "", code }])];
};

test("a violated CHECK is reported with a pointer into its row, and with its line", async () => {
  const rows = [
    { id: 8, name: "x", qty: 1 },
    { id: 9, name: "y", qty: 3 },
  ];
  expect(await post("item", rows)).toEqual(at("/1/qty", "check", [2, 3]));
});

test("so is a key that already exists in the scope", async () => {
  const rows = [
    { id: 8, name: "x" },
    { id: 9, name: "a" },
  ];
  expect(await post("item", rows)).toEqual(at("/1/name", "unique", [2, 3]));
});

test("so is a reference to another tenant's row", async () => {
  const rows = [
    { id: 8, item_id: 1 },
    { id: 9, item_id: 2 },
  ];
  expect(await post("part", rows)).toEqual(at("/1/item_id", "missing_reference", [2, 3]));
  expect(await plain("select count(*)::int from part")).toEqual([[0]]);
});

test("if the row is unknown, the pointer refers to the whole body", async () => {
  const rows = [
    { id: 8, name: "a" },
    { id: 9, name: "x" },
  ];
  const unknown = [422, "check", { pointer: "", detail: "", code: "check" }];
  expect(await post("low", rows)).toEqual([unknown, unknown, unknown]);
});

test("the pointer is empty if COMMIT fails, because it does not say for which row", async () => {
  const rows = [
    { id: 1, name: "a" },
    { id: 2, name: "a" },
  ];
  const whole = [409, "unique", { pointer: "", detail: "", code: "unique" }];
  const [, ndjson, csv] = await post("late", rows);
  expect([ndjson, csv]).toEqual([whole, whole]);
  const operations = rows.map(row => ({ op: "insert", table: "late", row }));
  const request = new Request("http://localhost/batch", { method: "POST", body: JSON.stringify(operations) });
  const detail = "another row has the same value";
  expect(await answer(await routes["/batch"]!(request))).toMatchObject([
    409,
    { code: "unique", errors: [{ pointer: "", detail, code: "unique" }] },
  ]);
  expect(await plain("select from late")).toEqual([]);
});
