// Rows of an iterable are numbered from its first row, also in errors of later batches.
import { describe, expect, test } from "bun:test";
import { ConstraintError, insertMany, updateMany, upsertMany, ValidationError } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  "create table item (id int primary key, n int unique); create table page (id int primary key, body text, data jsonb)",
  "truncate item, page; insert into item select id from generate_series(0, 10003) as id; insert into item values (-1, 77)",
);

const LAST = 10_002;

/** Rows 0 to 10,002, the last of which has the given value. */
function* rows(last: unknown, first = 0): Generator<{ id: number; n: unknown }> {
  for (let at = 0; at <= LAST; at++) yield { id: first + at, n: at === LAST ? last : null };
}

type Write = (...args: [typeof sql, typeof schema, string, unknown, object?]) => Promise<unknown>;
const WRITES = { insertMany, updateMany, upsertMany } as unknown as Record<string, Write>;

for (const [name, write] of Object.entries(WRITES)) {
  const first = name === "insertMany" ? 20_000 : 0;
  describe(name, () => {
    test("reports an invalid row of the second batch and stores nothing", async () => {
      const error = (await failure(write(sql, schema, "item", rows("x", first)))) as ValidationError;
      expect(error).toBeInstanceOf(ValidationError);
      expect(error.issues[0]!.path!.map(({ key }) => key)).toEqual([LAST, "n"]);
      expect(await plain("select count(*)::int from item where n > 0 or id > 10003")).toEqual([[1]]);
    });

    test("reports a row of the second batch that the database rejects and stores nothing", async () => {
      const error = (await failure(write(sql, schema, "item", rows(77, first)))) as ConstraintError;
      expect(error).toBeInstanceOf(ConstraintError);
      expect(error.row).toBe(LAST);
      expect(await plain("select count(*)::int from item where n > 0 or id > 10003")).toEqual([[1]]);
    });
  });
}

test.each(["insertMany", "upsertMany"])(
  "%s sends long rows of an iterable in batches of about 16 MB",
  async name => {
    const long = "x".repeat(1_000_000);
    const pages = function* (): Generator<object> {
      for (let id = 0; id < 40; id++)
        yield id % 2 === 0
          ? { id, body: long, data: null }
          : { id, body: null, data: [{ a: [[[{ b: { long } }]]] }] };
    };
    const { sent, onStatement } = recorder();
    expect(await WRITES[name]!(sql, schema, "page", pages(), { onStatement })).toBe(40);
    expect(sent.map(({ text }) => /^(?:COPY|INSERT INTO) "public"."page"/.test(text))).toEqual([
      true,
      true,
      true,
    ]);
    expect(
      await plain(
        "select count(*)::int, sum(length(coalesce(body, data->0#>>'{a,0,0,0,b,long}')))::int from page",
      ),
    ).toEqual([[40, 40_000_000]]);
  },
);

test("updateMany numbers a missing row of the second batch", async () => {
  await sql`delete from item where id = ${LAST}`;
  const { missing } = await updateMany(sql, schema, "item", rows(1) as never);
  expect(missing as unknown).toEqual([LAST]);
});

test("insertMany with alter reports a row of the second batch whose value has no type", async () => {
  const error = await failure(
    insertMany(
      sql,
      schema,
      "item",
      (function* () {
        for (const row of rows(1, 20_000)) yield row.id === 20_000 + LAST ? { ...row, more: new Map() } : row;
      })() as never,
      { alter: true } as never,
    ),
  );
  expect(error.message).toContain(`item.more, rows[${LAST}]: a value of this kind has no PostgreSQL type`);
});

test("insertMany with alter reports an invalid row of the second batch", async () => {
  const some = function* (): Generator<object> {
    for (const row of rows(1, 20_000)) yield row.id === 20_000 + LAST ? { ...row, id: "x", more: 1 } : row;
  };
  const error = await failure(insertMany(sql, schema, "item", some() as never, { alter: true } as never));
  expect((error as unknown as ValidationError).issues[0]!.path!.map(({ key }) => key)).toEqual([LAST, "id"]);
});
