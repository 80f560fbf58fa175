import { expect, test } from "bun:test";
import { ArgumentError, scope, updateMany, upsertMany, ValidationError } from "../../src/index.ts";
import { updateManySql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { ITEM_ROWS, ITEM_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(ITEM_TABLES, ITEM_ROWS);

test("updateMany changes each row to its own values and reports the missing rows", async () => {
  const { sent, onStatement } = recorder();
  const rows = [
    { id: 1, name: "eins" },
    { id: 2, price: "5.00", tags: ["x"] },
    { id: 77, name: "none" },
    { id: 3, name: null },
  ];
  expect(await updateMany(database.sql, schema, "item", rows, { onStatement })).toEqual({
    updated: 3,
    missing: [2],
    stale: [],
    suppressed: [],
  });
  expect(sent[0]).toEqual({
    text:
      'SELECT count(*)::int4 AS "n" FROM (SELECT FROM unnest($1::text::text[]) WITH ORDINALITY AS "rows" ("c1", "n"), "public"."item" ' +
      'WHERE "item"."id" = "rows"."c1"::int4 ORDER BY "item"."id" FOR NO KEY UPDATE OF "item") AS "locked"',
    params: ["{1,77,3,2}"],
  });
  expect(sent[1]).toEqual({
    text:
      'UPDATE "public"."item" SET "name" = "rows"."c2"::text FROM (SELECT "rows".* FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS ' +
      '"rows" ("c1", "c2", "n"), "public"."item" WHERE "item"."id" = "rows"."c1"::int4 ORDER BY "item"."id" ' +
      'FOR NO KEY UPDATE OF "item") AS "rows" WHERE "item"."id" = "rows"."c1"::int4 RETURNING "rows"."n"::int4 AS "n"',
    params: ["{1,77,3}", '{"eins","none",NULL}'],
  });
  expect(await plain("select id, name, price, tags::text from item order by id")).toEqual([
    [1, "eins", "1.00", null],
    [2, "two", "5.00", "{x}"],
    [3, null, null, null],
  ]);
});

test("updateMany with a version leaves rows unchanged that another session has changed", async () => {
  await database.sql.unsafe("update item set version = 4 where id = 2");
  const rows = [
    { id: 1, name: "a", version: 0 },
    { id: 2, name: "b", version: 3 },
    { id: 9, name: "c", version: 0 },
    { id: 1, name: "again", version: 0 },
    { id: 1, name: "then", version: "1" },
  ];
  expect(
    await updateMany(database.sql, schema, "item", rows, {
      version: "version",
      returning: ["id", "version"],
    }),
  ).toEqual({
    updated: [
      { id: 1, version: "1" },
      { id: 1, version: "2" },
    ],
    missing: [2],
    stale: [1, 3],
    suppressed: [],
  });
  expect(await plain("select id, name, version::int from item order by id")).toEqual([
    [1, "then", 2],
    [2, "two", 4],
    [3, "theirs", 0],
  ]);
  expect(
    await failure(updateMany(database.sql, schema, "item", [{ id: 1, name: "x" }], { version: "version" })),
  ).toEqual(new ArgumentError("item.version: the value is missing in a row"));
  expect(
    await failure(updateMany(database.sql, schema, "item", [{ id: 1, name: "x" }], { version: "name" })),
  ).toEqual(new ArgumentError("item.name: the version column must be an integer; this column has type text"));
});

test("updateMany accepts rows that were read, and only looks for a row without changes, also in a scope", async () => {
  await database.sql.unsafe("insert into counter (name) values ('a'), ('b')");
  expect(
    await updateMany(
      database.sql,
      schema,
      "counter",
      [{ id: "1", name: "a", note: "x" }, { id: "2" }, { id: "3" }],
      { returning: ["name", "note"] },
    ),
  ).toEqual({
    updated: [
      { name: "a", note: "x" },
      { name: "b", note: null },
    ],
    missing: [2],
    stale: [],
    suppressed: [],
  });
  const theirs = scope(schema, { item: { tenant_id: 2 } });
  expect(
    await updateMany(database.sql, theirs, "item", [
      { id: 1, name: "stolen" },
      { id: 3, tenant_id: 2, name: "ok" },
    ]),
  ).toEqual({
    updated: 1,
    missing: [0],
    stale: [],
    suppressed: [],
  });
  expect(await failure(updateMany(database.sql, theirs, "item", [{ id: 3, tenant_id: 1 }]))).toBeInstanceOf(
    ArgumentError,
  );
  expect(await plain("select id, tenant_id, name from item order by id")).toEqual([
    [1, 1, "one"],
    [2, 1, "two"],
    [3, 2, "ok"],
  ]);
});

test("updateMany of a table named like an alias of the statement", async () => {
  await database.sql.unsafe("insert into rows values (1, 1, 'a'), (2, 2, 'b')");
  const rows = [
    { id: 2, nn: "c" },
    { id: 1, nn: "d" },
  ];
  expect(await updateMany(database.sql, schema, "rows", rows, { returning: true })).toEqual({
    updated: [
      { id: 2, n: 2, nn: "c" },
      { id: 1, n: 1, nn: "d" },
    ],
    missing: [],
    stale: [],
    suppressed: [],
  });
  expect(updateManySql(schema, "rows", rows).text).toBe(
    'UPDATE "public"."rows" SET "nn" = "rows_"."c2"::text FROM (SELECT "rows_".* FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS ' +
      '"rows_" ("c1", "c2", "n"), "public"."rows" WHERE "rows"."id" = "rows_"."c1"::int4 ORDER BY "rows"."id" ' +
      'FOR NO KEY UPDATE OF "rows") AS "rows_" WHERE "rows"."id" = "rows_"."c1"::int4 RETURNING "rows_"."n"::int4 AS "n_"',
  );
  expect(await upsertMany(database.sql, schema, "rows", [{ id: 1, nn: "e" }], { update: "changed" })).toBe(1);
});

test("updateMany rejects invalid rows before anything is sent, with the number of the row", async () => {
  const { sent, onStatement } = recorder();
  const keys = (await failure(
    updateMany(database.sql, schema, "item", [{ id: 1, name: "x" }, { name: "y" }, { id: "z", name: "y" }], {
      onStatement,
    }),
  )) as ValidationError;
  expect(keys.issues.map(({ message, path }) => [path?.map(({ key }) => key), message])).toEqual([
    [[1, "id"], "Expected a value of the primary key, received undefined"],
    [[2, "id"], 'Expected an integer from -2147483648 to 2147483647, received "z"'],
  ]);
  const oneKey = updateMany(database.sql, schema, "item", [{ id: null, name: "x" }], { onStatement });
  expect(((await failure(oneKey)) as ValidationError).issues.map(({ message }) => message)).toEqual([
    "Expected a value of the primary key, received null",
  ]);
  const values = (await failure(
    updateMany(database.sql, schema, "item", [{ id: 1 }, { id: 2, nam: "x", price: "1.234" }], {
      onStatement,
    }),
  )) as ValidationError;
  expect(values).toBeInstanceOf(ValidationError);
  expect(values.issues.map(({ path }) => path?.map(({ key }) => key))).toEqual([
    [1, "nam"],
    [1, "price"],
  ]);
  expect(sent).toEqual([]);
});
