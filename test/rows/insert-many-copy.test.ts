// `insertMany` with enough rows for COPY.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { ConstraintError, insertMany, scope, upsertMany } from "../../src/index.ts";
import { copySql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { ITEM_ROWS, ITEM_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(ITEM_TABLES, ITEM_ROWS);

test("insertMany of a hundred or more rows is a COPY", async () => {
  const { sent, onStatement } = recorder();
  const rows = Array.from({ length: 100 }, (_, index) => ({
    id: index + 100,
    name: index === 7 ? null : `\\N\r${index}`,
  }));
  expect(
    await insertMany(database.sql, scope(schema, { item: { tenant_id: 5 } }), "item", rows, { onStatement }),
  ).toBe(100);
  expect(sent).toEqual([{ text: 'COPY "public"."item" ("id", "name", "tenant_id") FROM STDIN', params: [] }]);
  expect(
    await plain(`select count(*) filter (where name = E'\\\\N\\r' || (id - 100))::int, count(*) filter (where name is null)::int,
      count(distinct made)::int from item where tenant_id = 5`),
  ).toEqual([[99, 1, 1]]);
});

test("COPY data contains escapes, NULL and the scope's value", () => {
  const scoped = scope(schema, { item: { tenant_id: 5 } });
  const { text, chunks } = copySql(scoped, "item", [
    { tags: ["a\tb"], id: 1, name: "\\.\n" },
    { tags: null, id: 2, name: "" },
  ]);
  expect(text).toBe('COPY "public"."item" ("tags", "id", "name", "tenant_id") FROM STDIN');
  expect([...chunks]).toEqual(['{"a\\tb"}\t1\t\\\\.\\n\t5\n\\N\t2\t\t5\n']);
});

test("tables that COPY would treat differently are filled with parameters instead", async () => {
  const { sent, onStatement } = recorder();
  const rows = Array.from({ length: 150 }, (_, id) => ({ id, note: "n" }));
  expect(await insertMany(database.sql, schema, "secured", rows, { onStatement })).toBe(150);
  const amounts = rows.map(({ id }) => ({ id, price: "1234.50" }));
  expect(await insertMany(database.sql, schema, "amount", amounts, { onStatement })).toBe(150);
  expect(sent.map(({ text }) => text.slice(0, 11))).toEqual(["INSERT INTO", "INSERT INTO"]);
  expect(await plain("select count(*)::int, min(price)::numeric::text from amount")).toEqual([
    [150, "1234.50"],
  ]);
});

test("rows that a trigger skips are not counted, also not with COPY", async () => {
  const rows = Array.from({ length: 200 }, (_, id) => ({ id, note: id % 2 ? "no" : "yes" }));
  expect(await insertMany(database.sql, schema, "kept", rows)).toBe(100);
  expect(await upsertMany(database.sql, schema, "kept", rows)).toBe(100);
  expect(
    await insertMany(
      database.sql,
      schema,
      "kept",
      [
        { id: 500, note: "no" },
        { id: 501, note: "yes" },
      ],
      { returning: ["id"] },
    ),
  ).toEqual([{ id: 501 }]);
});

test("the error names the row that violates a constraint, and all rows are rolled back", async () => {
  const rows = Array.from({ length: 25_000 }, (_, index) => ({
    id: index + 10,
    price: index === 20_123 ? "-1" : "1",
  }));
  const error = (await failure(
    insertMany(database.sql, schema, "item", rows, { validate: false }),
  )) as ConstraintError;
  expect(error).toBeInstanceOf(ConstraintError);
  expect(error.message).toBe(
    'item.price, rows[20123]: must satisfy price >= 0 [23514, item_price_check]\n  in: COPY "public"."item" ("id", "price") FROM STDIN',
  );
  expect([error.row, error.columns, error.issues.map(({ path }) => path?.map(({ key }) => key))]).toEqual([
    20_123,
    ["price"],
    [[20_123, "price"]],
  ]);
  async function* source() {
    yield* rows.slice(0, 15_000).map(({ id }) => ({ id, price: 1 }));
    yield { id: 10, price: 1 };
  }
  const twice = (await failure(insertMany(database.sql, schema, "item", source()))) as ConstraintError;
  expect([twice.sqlstate, twice.row]).toEqual(["23505", 15_000]);
  expect(await plain("select count(*)::int from item")).toEqual([[3]]);
});

test("without COPY the row is found by the key or the values that PostgreSQL reports", async () => {
  const taken = (await failure(
    insertMany(database.sql, schema, "item", [{ id: 50 }, { id: 2 }], { returning: true }),
  )) as ConstraintError;
  expect([taken.row, taken.message.split("\n")[0]]).toEqual([
    1,
    "item.id, rows[1]: 2 is already taken [23505, item_pkey]",
  ]);
  const checked = (await failure(
    insertMany(database.sql, schema, "item", [{ id: 50 }, { id: 51, price: "-1" }], { validate: false }),
  )) as ConstraintError;
  expect([checked.row, checked.columns, checked.sqlstate]).toEqual([1, ["price"], "23514"]);
  const twins = (await failure(
    upsertMany(database.sql, schema, "item", [
      { id: 50, code: "a" },
      { id: 51, code: "b" },
      { id: 52, code: "b" },
    ]),
  )) as ConstraintError;
  expect([twins.row, twins.columns]).toEqual([2, ["code"]]);
  expect(await plain("select count(*)::int from item")).toEqual([[3]]);
});

test("100,000 rows with mixed columns are stored exactly, with defaults for omitted columns", async () => {
  const texts = fc.sample(fc.string({ unit: "binary" }), { numRuns: 500, seed: 1 }).filter(isStorable);
  const rows = Array.from({ length: 100_000 }, (_, id) => ({
    id,
    ...(id % 2 && { name: texts[id % texts.length]! }),
    ...(id % 3 && { tags: id % 5 ? [texts[(id * 7) % texts.length]!, null] : null }),
    ...(id % 7 === 0 && { price: `${id}.25` }),
  }));
  await database.sql.unsafe("truncate item");
  expect(await insertMany(database.sql, schema, "item", rows)).toBe(100_000);
  const stored = await database.sql.unsafe(
    `select id, name, to_jsonb(tags)::text as tags, price::text, made = '2024-01-01Z' as made from item order by id`,
  );
  const expected = rows.map(({ id, name = null, tags = null, price = null }) => ({
    id,
    name,
    tags: tags && JSON.stringify(tags),
    price,
    made: true,
  }));
  const differs = (stored as Record<string, unknown>[]).findIndex(
    (row, index) =>
      !Bun.deepEquals(
        { ...row, tags: row["tags"] && JSON.stringify(JSON.parse(row["tags"] as string)) },
        expected[index],
      ),
  );
  expect([stored.length, differs]).toEqual([100_000, -1]);
});

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
