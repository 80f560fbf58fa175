// Errors under a scope: they contain no value of a row outside it, not even in `cause`.
import { expect, test } from "bun:test";
import { exportRows } from "../../src/files/index.ts";
import {
  alias,
  ConstraintError,
  count,
  deleteMany,
  deleteRow,
  deleteWhere,
  desc,
  expr,
  insert,
  insertMany,
  old,
  page,
  QueryError,
  q,
  rowsWhere,
  type SchemaSnapshot,
  ScopeError,
  scope,
  streamRows,
  table,
  transaction,
  updateWhere,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { claim } from "../../src/queues/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table owner (id int primary key, tenant int not null, code text unique, up int references owner on delete cascade);
  create table pet (id int primary key, tenant int not null, owner_id int references owner on delete cascade, code text unique,
    owner_code text references owner (code) on update cascade);
  create table chip (id int primary key, code text references pet (code), owner_code text references owner (code));
  create table item (id int primary key, tenant int not null, name text, data text);
  create function reject() returns boolean language plpgsql as $$begin raise 'no' using detail = 'why'; end$$;
  create function is_number(value text) returns boolean language plpgsql cost 0.0001 as 'begin return value::int > -1; end';
  create function is_json(value text) returns boolean language plpgsql cost 0.0001 as 'begin return value::json is not null; end'`,
  `truncate owner, pet, chip, item;
  insert into owner values (1, 1, 'a', null), (2, 2, 'secret b', 1), (3, 1, 'c', null), (4, 1, 'd', null);
  insert into pet values (1, 2, 3, 'secret p');
  insert into chip values (1, 'secret p', 'secret b');
  insert into item values (1, 1, '1', '1'), (2, 2, 'secret', '{"secret":')`,
);
const mine = scope(schema, { "*": { tenant: 1 } }, { open: ["chip"] });

/** Everything that a reader of an error can see. */
function contentOf(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (seen.has(value)) return "";
  seen.add(value);
  return Reflect.ownKeys(value)
    .map(key => contentOf(Reflect.get(value, key), seen))
    .join("\n");
}

test.each<[string, () => Promise<unknown>]>([
  ["deleteRow", () => deleteRow(sql, mine, "owner", 3)],
  ["deleteMany", () => deleteMany(sql, mine, "owner", [3])],
  ["deleteWhere", () => deleteWhere(sql, mine, "owner", { where: { id: 3 } })],
  ["a transaction", () => transaction(sql, tx => deleteRow(tx, mine, "owner", 3))],
  ["a row of the table itself", () => deleteRow(sql, mine, "owner", 1)],
])("a cascade to a row that is still referenced: %s", async (_, attempt) => {
  const error = (await failure(attempt())) as ConstraintError;
  expect(error).toBeInstanceOf(ConstraintError);
  expect(error.kind).toBe("referenced");
  expect(contentOf(error)).not.toContain("secret");
});

test("the detail of an error contains values that the caller sent", async () => {
  const error = await failure(insert(sql, mine, "owner", { id: 1 }));
  expect(error.cause).toMatchObject({ detail: "Key (id)=(1) already exists." });
  const many = await failure(insertMany(sql, mine, "owner", [{ id: 7 }, { id: 1 }]));
  expect(many).toMatchObject({ row: 1, cause: { detail: "Key (id)=(1) already exists." } });
});

// Their cost makes the server evaluate them before the condition of the scope.
const number = expr`is_number(name)`;

test.each<[string, () => unknown]>([
  ["count", () => count(sql, mine, "item", { where: number })],
  ["rowsWhere", () => rowsWhere(sql, mine, "item", { where: number })],
  ["page", () => page(sql, mine, "item", { where: number, limit: 1 })],
  ["include", () => rowsWhere(sql, mine, "item", { where: number, include: {} })],
  ["streamRows", () => Array.fromAsync(streamRows(sql, mine, "item", { where: number }))],
  [
    "exportRows",
    async () =>
      await new Response(await exportRows(sql, mine, "item", { format: "csv", where: number })).text(),
  ],
  ["updateWhere", () => updateWhere(sql, mine, "item", { data: "1" }, { where: number })],
  ["deleteWhere", () => deleteWhere(sql, mine, "item", { where: number })],
  ["claim", () => claim(sql, mine, "item", { where: number, orderBy: desc("id"), set: { data: "1" } })],
  ["q", () => q(sql, mine, expr`select id from ${table("item")} where is_number(name)`)],
  ["JSON", () => count(sql, mine, "item", { where: expr`is_json(data)` })],
  ["upsert", () => upsert(sql, mine, "item", { id: 2, name: "1" }, { where: expr`${old("name")}::int > 0` })],
  [
    "upsertMany",
    () => upsertMany(sql, mine, "item", [{ id: 2, name: "1" }], { where: expr`${old("name")}::int > 0` }),
  ],
])("raw SQL that fails for a row outside: %s", async (_, attempt) => {
  const error = await failure(attempt() as Promise<unknown>);
  expect([QueryError, ScopeError]).toContain(error.constructor as never);
  expect(contentOf(error)).not.toContain("secret");
});

// The subquery reads all rows.
test.each([
  ["in the message", expr`(select count(name::int) from item)`],
  ["in the message of a syntax error", expr`(select count(replace(name, 's', '( s')::tsquery) from item)`],
  ["in the detail and context", expr`(select count(data::json) from item)`],
])("a value of a row outside that PostgreSQL quotes %s is not in the error", async (_, counted) => {
  const attempt = (one: SchemaSnapshot): Promise<Error> =>
    failure(rowsWhere(sql, one, "item", { select: ["id", alias("n", counted)] }));
  expect(contentOf(await attempt(schema))).toContain("secret");
  const error = await attempt(mine);
  expect(error).toBeInstanceOf(QueryError);
  expect(contentOf(error)).not.toContain("secret");
});

test("the cause of an error that quotes no value keeps its detail and context", async () => {
  const error = await failure(count(sql, mine, "item", { where: expr`reject()` }));
  expect(error.cause).toMatchObject({ detail: "why", where: expect.stringContaining("function reject()") });
});

test("without a scope the cause of a violated constraint contains the values of other rows", async () => {
  const error = await failure(deleteRow(sql, schema, "owner", 3));
  expect(error).toBeInstanceOf(ConstraintError);
  expect((error.cause as { detail: string }).detail).toContain("(secret p)");
});

test("without a scope the cause of an error contains the value", async () => {
  const error = await failure(count(sql, schema, "item", { where: number }));
  expect(error.message).not.toContain("secret");
  expect((error.cause as Error).message).toContain("secret");
});
