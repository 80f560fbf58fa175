// The statements that a write sends to explain why it wrote nothing, or before it writes.
import { expect, test } from "bun:test";
import { deleteRow, link, NotFoundError, StaleError, scope, traced, update } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table list (id int primary key, tenant int not null default 1);
  create table item (id int primary key, tenant int not null default 1, version int not null default 1);
  create table entry (list_id int references list, item_id int references item, primary key (list_id, item_id));
  create function keep() returns trigger language plpgsql as $$ begin return null; end $$;
  create trigger keep before update or delete on list for each row execute function keep()`,
  "truncate list, item, entry; insert into list values (1); insert into item values (1)",
);

type Send = Parameters<typeof link>[0];
type Options = { readonly onStatement: (statement: { readonly text: string }) => void };

/** The statements that a call sent, and those that `onStatement` received. */
async function statementsOf(
  call: (handle: Send, options: Options) => Promise<unknown>,
): Promise<{ readonly error: unknown; readonly sent: string[]; readonly seen: string[] }> {
  const sent: string[] = [];
  const seen: string[] = [];
  const handle = traced(sql, ({ text }) => void (/^(BEGIN|COMMIT|ROLLBACK)/.test(text) || sent.push(text)));
  const error = await call(handle, { onStatement: ({ text }) => void seen.push(text) }).then(
    () => undefined,
    reason => reason,
  );
  return { error, sent, seen };
}

test("update and deleteRow pass the search for a row that was not written to onStatement", async () => {
  const missing = await statementsOf((handle, options) =>
    update(handle, schema, "list", { id: 9, tenant: 2 }, options),
  );
  expect(missing.error).toBeInstanceOf(NotFoundError);
  expect(missing.seen).toEqual([
    'UPDATE "public"."list" SET "tenant" = $1::text::int4 WHERE "id" = $2::text::int4 RETURNING "id", "tenant"',
    'SELECT "id", "tenant" FROM "public"."list" WHERE "id" = $1::text::int4',
  ]);
  expect(missing.sent).toEqual(missing.seen);
  const kept = await statementsOf((handle, options) => deleteRow(handle, schema, "list", 1, options));
  expect([kept.error, kept.seen.length]).toEqual([undefined, 2]);
  expect(kept.sent).toEqual(kept.seen);
});

test("update with a stale version passes the search for the version to onStatement", async () => {
  const { error, sent, seen } = await statementsOf((handle, options) =>
    update(handle, schema, "item", { id: 1, tenant: 2, version: 7 }, { ...options, version: "version" }),
  );
  expect(error).toBeInstanceOf(StaleError);
  expect(seen.at(-1)).toBe('SELECT "version" FROM "public"."item" WHERE "id" = $1::text::int4');
  expect(sent).toEqual(seen);
});

test("link under a scope passes the search for the rows to onStatement", async () => {
  const mine = scope(schema, { list: { tenant: 1 }, item: { tenant: 1 } });
  const { error, sent, seen } = await statementsOf((handle, options) =>
    link(handle, mine, "list", 1, "item", [1], options),
  );
  expect([error, seen.length]).toEqual([undefined, 3]);
  expect(sent).toEqual(seen);
});
