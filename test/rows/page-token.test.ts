// The tokens of pages.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { CursorError, desc, gt, loadSchema, page, type SchemaSnapshot, scope } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { encodedBody, forgedToken } from "../support/forged-token.ts";

let database: TestDatabase;

let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create table item (id bigint primary key, a int, b text, at timestamptz, n numeric, position1 text, tenant int not null default 1);
      create table pair (x int, y int, note text not null, primary key (x, y));
      insert into pair select x, y, chr(96 + (x * y) % 3) from generate_series(1, 4) x, generate_series(1, 5) y;
      create table part (id int primary key, item_id bigint references item);
      create table loose (a int); create table unlike (id int primary key, doc jsonb, code text not null unique);`,
  });
  schema = await loadSchema(database.sql);
});

afterAll(() => database.drop());

const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error("it was accepted"),
    error => error,
  );

async function fill(rows: readonly object[]): Promise<void> {
  await database.sql.unsafe("truncate item cascade");
  await database.sql.unsafe(
    "insert into item select r.* from json_populate_recordset(null::item, $1::text::json) r",
    [
      JSON.stringify(
        rows.map((row, index) => ({ ...row, id: String(9007199254740993n + BigInt(index)), tenant: 1 })),
      ),
    ],
  );
}

test("a page token that was changed, belongs to a different query or lacks its secret is rejected", async () => {
  await fill([{ a: 1 }, { a: 2 }, { a: 3 }]);
  const options = { orderBy: "a", limit: 1, where: { tenant: 1 }, secret: "key" } as const;
  const { next } = await page(database.sql, schema, "item", options);
  const [body, seal] = next!.split(".") as [string, string];
  const [other] = (await page(database.sql, schema, "item", { ...options, after: next })).next!.split(".");
  const cases: readonly [string, object][] = [
    ["another order", { orderBy: "b" }],
    ["another direction", { orderBy: desc("a") }],
    ["a different filter", { where: { tenant: 2 } }],
    ["a different operator", { where: { tenant: gt(0) } }],
    ["a different secret", { secret: "other" }],
    ["no secret", { secret: undefined }],
    ["a changed position", { after: `${other}.${seal}` }],
    ["a changed seal", { after: `${body}.${"A".repeat(seal.length)}` }],
    ["no seal", { after: body }],
    ["nothing", { after: "." }],
    ["a number", { after: 5 }],
    // Only null, which the last page returns, and undefined mean the first page.
    ...["", 0, false, NaN].flatMap((token): [string, object][] => [
      [`after: ${Bun.inspect(token)}`, { after: token }],
      [`before: ${Bun.inspect(token)}`, { after: null, before: token }],
    ]),
  ];
  for (const [, change] of cases) {
    const changed = { ...options, after: next, ...change };
    if (changed.secret === undefined) delete (changed as { secret?: string }).secret;
    expect(await failure(page(database.sql, schema, "item", changed as never))).toEqual(
      new CursorError(
        "the page token was changed or belongs to a different query; leave it out to read the first page",
      ),
    );
  }
  expect((await page(database.sql, schema, "item", { ...options, after: next, limit: 2 })).rows).toHaveLength(
    2,
  );
  const mine = scope(schema, { item: { tenant: 1 } });
  expect(await failure(page(database.sql, mine, "item", { ...options, after: next }))).toBeInstanceOf(
    CursorError,
  );
});

test("a secret that is undefined is rejected before anything is sent, because it would sign nothing", async () => {
  const texts: string[] = [];
  const options = {
    limit: 1,
    secret: undefined,
    onStatement: ({ text }: { text: string }) => texts.push(text),
  };
  const error = await failure(page(database.sql, schema, "item", options as never));
  expect(error.message).toBe(
    "page: secret must be a non-empty string, received undefined; leave it out for page tokens without a signature",
  );
  expect(texts).toEqual([]);
});

test("without a secret a forged token is a valid position or a CursorError before anything is sent", async () => {
  const forgedBody = async (orderBy: string, body: string) => {
    const sent: string[] = [];
    const after = forgedToken(schema, "item", { orderBy }, body);
    const onStatement = ({ text }: { readonly text: string }) => sent.push(text);
    const options = { orderBy, limit: 1, after, onStatement } as never;
    const error = await failure(page(database.sql, schema, "item", options));
    return [error instanceof CursorError, sent.length];
  };
  const forged = (orderBy: string, kind: string, ...parts: readonly (string | null)[]) =>
    forgedBody(orderBy, encodedBody(kind, ...parts));
  for (const body of ["a", "", "x1", "a1_2", "a 1", "a1e2x", "aNaN", "b", "w", "bA", "aa1", "A1"])
    expect([body, await forgedBody("id", body)]).toEqual([body, [true, 0]]);
  expect(await forgedBody("id", "a1")).toEqual([false, 1]);
  expect(await forgedBody("id", "f1")).toEqual([false, 1]);
  for (const text of [
    "1'; drop table item; --",
    "",
    " 1",
    "+1",
    "0x10",
    "1e2x",
    "1_0",
    "9223372036854775808",
    "NaN",
  ])
    expect([text, await forged("id", "a", text)]).toEqual([text, [true, 0]]);
  for (const text of ["now", "x", "today", "epoch", "2026-02-30 00:00:00+00", "2026-01-01", "tomorrow", ""])
    expect([text, await forged("at", "a", text, "1")]).toEqual([text, [true, 0]]);
  for (const text of ["1e", "--1", "0x1", "one", "1,5", ""])
    expect([text, await forged("n", "a", text, "1")]).toEqual([text, [true, 0]]);
  for (const text of ["\0-", "\0+a"])
    expect([text, await forged("b", "a", text, "1")]).toEqual([text, [true, 0]]);
  expect(await forged("b", "a", "a", null)).toEqual([true, 0]);
  expect(await forged("b", "?", "a", "1")).toEqual([true, 0]);
  expect(await forged("b", "a", "a")).toEqual([true, 0]);
  expect(await forged("b", "a", "a", "1", "1")).toEqual([true, 0]);
  expect(await forged("b", "a", "any text", "1")).toEqual([false, 1]);
  expect(await forged("at", "a", "infinity", "1")).toEqual([false, 1]);
  expect(await forged("at", "a", null, "-1")).toEqual([false, 1]);
});

test("a page token is the key itself if the key fits a URL, and a short checksum", async () => {
  await fill([{ n: "1.50" }, { n: "-2.25" }, { n: "7" }]);
  const read = async (options: object) => {
    const { next } = await page(database.sql, schema, "item", { limit: 1, ...options });
    return next!.slice(0, next!.lastIndexOf("."));
  };
  expect(await read({})).toBe("a9007199254740993");
  expect(await read({ orderBy: ["n", "id"] })).toBe("a-2.25_9007199254740994");
  expect(await read({ secret: "key" })).toBe("a9007199254740993");
  const { next } = await page(database.sql, schema, "item", { limit: 1 });
  expect(next).toMatch(/^a9007199254740993\.[\da-z]{1,7}$/);
});

test("a position with strings of any characters, empty strings and NULL is read from its token, which fits a URL", async () => {
  const texts = [
    "",
    "a",
    "ab",
    "abc",
    "ÿ~>?",
    "ž",
    "日本 +/=",
    "😀",
    "-",
    "+",
    ">",
    "\n\t",
    "_",
    "a_b",
    "1.5",
    ".",
    "a.b_",
    "b",
    "w",
    null,
  ];
  const b = (text: string | null) => ({ b: text });
  await fill(texts.map(b));
  const options = { orderBy: "b", limit: 1 } as const;
  for (const secret of [undefined, "key"]) {
    const found: unknown[] = [];
    let after: string | null = null;
    do {
      const read: { rows: readonly unknown[]; next: string | null } = await page(
        database.sql,
        schema,
        "item",
        {
          ...options,
          after,
          ...(secret !== undefined && { secret }),
        },
      );
      found.push(...read.rows.map(row => (row as { b: unknown }).b));
      after = read.next;
      expect(after ?? "").toMatch(/^[\w.-]*$/);
    } while (after !== null && found.length <= texts.length);
    expect(found).toHaveLength(texts.length);
    expect(new Set(found)).toEqual(new Set(texts));
  }
});
