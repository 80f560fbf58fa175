// A page of all rows reuses the statement of an earlier page, and otherwise behaves like a page of a new snapshot.
import { beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import {
  desc,
  expr,
  loadSchema,
  type OrderBy,
  page,
  parseSchema,
  type QueryEvent,
  type SchemaSnapshot,
  scope,
  traced,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table item (id int primary key, tenant int not null, name text, n numeric not null);
   create table part (id int primary key, item_id int references item);
   insert into item select i, i % 2, case when i % 3 > 0 then 'n' || i % 4 end, i / 2.0 from generate_series(1, 12) i;
   insert into part select i, 1 + i % 12 from generate_series(1, 30) i;`,
  "select",
);

let events: QueryEvent[] = [];
const logged = traced(sql, event => void events.push(event));
beforeEach(() => {
  events = [];
});

type Options = Parameters<typeof page>[3];
type Row = Record<string, unknown>;

/** Consecutive pages and what was sent for them, or the error. `snapshot` returns the snapshot of each page. */
async function pagesOf(
  snapshot: () => SchemaSnapshot,
  options: Options,
  isBackward: boolean,
): Promise<unknown> {
  events = [];
  const pages: unknown[] = [];
  let token: string | null | undefined;
  for (let number = 0; number < 4 && token !== null; number++) {
    const start = token === undefined ? {} : { [isBackward && number > 1 ? "before" : "after"]: token };
    const found = await page(logged, snapshot(), "item", { ...options, ...start } as Options).catch(
      (error: Error) => `${error.name}: ${error.message}`,
    );
    pages.push(found);
    if (typeof found === "string") break;
    token = isBackward && number > 0 ? found.previous : found.next;
  }
  return { pages, sent: events.map(({ text, params }) => [text, params]) };
}

const orders = fc.constantFrom<OrderBy<string> | undefined>(
  ...[undefined, "id", "name", "n", "tenant", desc("name")],
  ...[["tenant", "name"], "wrong", expr`n`],
);
const requests = fc.record({
  orderBy: orders,
  limit: fc.constantFrom<unknown>(1, 2, 3, 5, 2_000, 0, 1.5, "2", 2n, [2]),
  extra: fc.constantFrom<Row>(
    {},
    {},
    {},
    { where: { tenant: 1 } },
    { select: ["name"] },
    { secret: "s" },
    { total: true },
  ),
  include: fc.constantFrom<Row>({}, {}, { include: { part: { count: true } } }),
  isBackward: fc.boolean(),
});

test("random pages of a snapshot that has read pages are those of new ones", async () => {
  const known = parseSchema({ ...schema });
  await fc.assert(
    fc.asyncProperty(requests, async ({ orderBy, limit, extra, include, isBackward }) => {
      const options = { orderBy, limit, ...extra, ...include } as Options;
      const again = await pagesOf(() => known, options, isBackward);
      expect(again).toEqual(await pagesOf(() => parseSchema({ ...schema }), options, isBackward));
    }),
    { numRuns: 80 },
  );
});

test("the third page has the text of the second and its own parameters", async () => {
  const pages: Awaited<ReturnType<typeof page>>[] = [];
  for (let number = 0; number < 3; number++) {
    const after = pages.at(-1)?.next;
    pages.push(await page(logged, schema, "item", { limit: 2, ...(after && { after }) }));
  }
  expect(events[2]!.text).toBe(events[1]!.text);
  expect(events.map(({ params }) => params)).toEqual([[], ["2"], ["4"]]);
  expect(pages[2]!.rows.map(({ id }) => id)).toEqual([5, 6]);
});

test("pages whose limit is a parameter send it again", async () => {
  const { next } = await page(sql, schema, "item", { limit: 2 });
  for (const options of [{}, { after: next }, {}, { after: next }, {}]) {
    const { rows } = await page(logged, schema, "item", { limit: 1_001, ...options });
    expect(rows).toHaveLength("after" in options ? 10 : 12);
  }
  const sent = events.map(({ params }) => params);
  expect(sent).toEqual([["1002"], ["2", "1002"], ["1002"], ["2", "1002"], ["1002"]]);
});

test("a token of a different order or secret is rejected, although the statement of its page is known", async () => {
  const { next } = await page(sql, schema, "item", { orderBy: "n", limit: 2 });
  await page(sql, schema, "item", { orderBy: "n", limit: 2, after: next });
  const { next: other } = await page(sql, schema, "item", { limit: 2 });
  await page(sql, schema, "item", { limit: 2, after: other });
  const reason = "the page token was changed or belongs to a different query";
  for (const options of [{ limit: 2 }, { orderBy: "n", limit: 2, secret: "s" } as const])
    expect((await failure(page(sql, schema, "item", { ...options, after: next }))).message).toStartWith(
      reason,
    );
  const both = await failure(page(sql, schema, "item", { limit: 2, after: other, before: other }));
  expect(both.message).toBe("item: after and before cannot be combined; pass one of them");
});

test.each([
  ["item", "name", "select id from item order by name, id"],
  [
    "part",
    "item.name",
    "select part.id from part join item on item.id = item_id order by item.name, part.id",
  ],
])(
  "pages of %s by %s continue after a NULL, although earlier ones began after a value",
  async (table, orderBy, text) => {
    const options = { orderBy, limit: 5 };
    const ids: unknown[] = [];
    let after: string | null | undefined;
    while (after !== null) {
      const found = await page(sql, schema, table, { ...options, ...(after !== undefined && { after }) });
      ids.push(...found.rows.map(({ id }) => id));
      after = found.next;
    }
    expect(ids).toEqual((await plain(text)).flat());
  },
);

test.each([["2"], [2n], [[2]]])(
  "the limit %p is rejected, although the pages of the limit 2 are known",
  async limit => {
    await page(sql, schema, "item", { limit: 2 });
    const { message } = await failure(page(sql, schema, "item", { limit: limit as never }));
    expect(message).toStartWith("item: limit must be a positive integer, received");
  },
);

test("a page that begins with the row of its token has that row, although such pages began after a row", async () => {
  await plain("create table few (id int primary key); insert into few select generate_series(1, 3)");
  const own = await loadSchema(sql);
  const pages = (start: object) => page(sql, own, "few", { limit: 2, ...start });
  const first = await pages({});
  const second = await pages({ after: first.next });
  expect((await pages({ before: second.previous })).rows).toEqual([{ id: 1 }, { id: 2 }]);
  await plain("delete from few where id > 2");
  const empty = await pages({ after: first.next });
  expect(empty.rows).toEqual([]);
  expect((await pages({ before: empty.previous })).rows).toEqual([{ id: 1 }, { id: 2 }]);
});

test("a scope restricts the pages, although the snapshot without it has read such pages", async () => {
  const mine = scope(schema, { item: { tenant: 1 } });
  for (const own of [schema, mine, schema, mine]) {
    const first = await page(sql, own, "item", { limit: 2 });
    const second = await page(sql, own, "item", { limit: 2, after: first.next });
    const ids = [...first.rows, ...second.rows].map(({ id }) => id);
    expect(ids).toEqual(own === mine ? [1, 3, 5, 7] : [1, 2, 3, 4]);
  }
});

test("the caller's options object is not changed, and later changes of it have no effect", async () => {
  const options = { limit: 2, orderBy: "n" };
  await page(sql, schema, "item", options);
  const reading = page(sql, schema, "item", options);
  options.limit = 5;
  options.orderBy = "name";
  const { rows, next } = await reading;
  expect(rows.map(({ id }) => id)).toEqual([1, 2]);
  const following = await page(sql, schema, "item", { limit: 2, orderBy: "n", after: next });
  expect(following.rows.map(({ id }) => id)).toEqual([3, 4]);
});

test("if a column is dropped, the error of a known page says that the database is different from the snapshot", async () => {
  await plain("create table brief (id int primary key, gone int)");
  const own = await loadSchema(sql);
  await page(sql, own, "brief", { limit: 2 });
  await plain("alter table brief drop column gone");
  const { message } = await failure(page(sql, own, "brief", { limit: 2 }));
  expect(message).toContain("the database no longer matches the snapshot");
});
