// If-Match of a view whose rows PostgreSQL cannot lock.
import { expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { declare, loadSchema, transaction } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, database, plain } = await testTables(
  `create table part (id int primary key, kind int, name text, version int);
   create view kind as select kind as id, min(name) as name, max(version) as version from part group by kind;
   create function change_kind() returns trigger language plpgsql as $$ begin
     if tg_op = 'DELETE' then delete from part where kind = old.id; return old; end if;
     update part set name = new.name, version = new.version where kind = new.id; return new; end $$;
   create trigger change_kind instead of update or delete on kind for each row execute function change_kind()`,
  "truncate part; insert into part values (1, 7, 'a', 1), (2, 7, 'a', 1), (3, 8, 'z', 1)",
);
const schema = declare(await loadSchema(sql), { kind: { primaryKey: ["id"] } });
const pool = database.connect({ max: 4 });
const handlers = [undefined, "version"].map(version => {
  const kind = { write: ["name"], delete: true, ...(version && { version }) };
  return crud(pool, schema, { tables: { kind } } as never)["/kind/:key"]!;
});
const send = async (at: number, method: string, tag: string, name?: string): Promise<number> => {
  const init = { method, headers: { "if-match": tag }, ...(name && { body: JSON.stringify({ name }) }) };
  return (await handlers[at]!(new Request("http://localhost/kind/7", init))).status;
};
const tagOf = async (at: number): Promise<string> =>
  (await handlers[at]!(new Request("http://localhost/kind/7"))).headers.get("etag")!;
const NAMES = "select distinct kind, name from part order by kind";

test.each([
  [0, "without a version column"],
  [1, "with a version column"],
])("a write with If-Match compares the version of a grouped row, %i: %s", async at => {
  const tag = await tagOf(at);
  expect([await send(at, "PATCH", tag, "b"), await plain(NAMES)]).toEqual([
    200,
    [
      [7, "b"],
      [8, "z"],
    ],
  ]);
  expect([await send(at, "PATCH", tag, "c"), await send(at, "DELETE", tag)]).toEqual([412, 412]);
  expect([await send(at, "PUT", "*", "d"), await plain(NAMES)]).toEqual([
    200,
    [
      [7, "d"],
      [8, "z"],
    ],
  ]);
  expect([await send(at, "DELETE", await tagOf(at)), await plain(NAMES)]).toEqual([204, [[8, "z"]]]);
  expect(await send(at, "PATCH", "*", "e")).toBe(404);
});

test("a batch inside a transaction compares the version of a grouped row, though it cannot choose the isolation", async () => {
  const tag = await tagOf(0);
  const change = { op: "update", table: "kind", key: 7, version: tag.slice(1, -1) };
  const batch = (name: string): RequestInit => ({
    method: "POST",
    body: JSON.stringify([{ ...change, row: { name } }]),
  });
  const statuses = await transaction(pool, async tx => {
    const route = crud(tx, schema, { tables: { kind: { write: ["name"] } } })["/batch"]!;
    const first = await route(new Request("http://localhost/batch", batch("b")));
    const second = await route(new Request("http://localhost/batch", batch("c")));
    return [first.status, second.status];
  });
  expect([statuses, await plain(NAMES)]).toEqual([
    [200, 412],
    [
      [7, "b"],
      [8, "z"],
    ],
  ]);
});

test("of concurrent writes with the same tag only one changes a grouped row", async () => {
  const tag = await tagOf(0);
  const all = await Promise.all(["b", "c", "d", "e"].map(name => send(0, "PATCH", tag, name)));
  expect(all.toSorted()).toEqual([200, 412, 412, 412]);
  await pool.close();
});
