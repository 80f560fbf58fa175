// Tables whose rows are distributed over the nodes of a cluster: the statements that contain the distribution column.
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  ArgumentError,
  declare,
  fingerprint,
  parseSchema,
  rowsWhere,
  type SchemaSnapshot,
  schemaDiff,
  scope,
  some,
} from "../../src/index.ts";
import { claimSql } from "../../src/queues/index.ts";
import {
  deleteManySql,
  deleteRowSql,
  getManySql,
  getSql,
  pageSql,
  rowsWhereSql,
  updateManySql,
  updateSql,
  updateWhereSql,
  upsertManySql,
  upsertSql,
} from "../../src/statements/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { distributedTables } from "../support/distributed-tables.ts";
import { recorder } from "../support/recording.ts";

let database: TestDatabase;
let plainSchema: SchemaSnapshot;
let schema: SchemaSnapshot;

beforeAll(async () => {
  ({ database, plainSchema, schema } = await distributedTables());
});
afterAll(() => database.drop());

const NOTE = `"id", "tenant_id", "invoice_id", "text", "code"`;

test("declared distributions are stored in the snapshot, also for partitions, and ignored by comparisons", () => {
  const known = schema.relations.map(({ key, distribution }) => [
    key,
    distribution?.column,
    distribution?.group,
  ]);
  expect(known).toEqual([
    ["country", null, "reference"],
    ["invoice", "tenant_id", "tenant"],
    ["job", "tenant_id", "job"],
    ["note", "tenant_id", "tenant"],
    ["part", "tenant_id", "tenant"],
    ["part_1", "tenant_id", "tenant"],
    ["seen", "tenant_id", "tenant"],
    ["tag", "tenant_id", "tenant"],
    ["tenant", "id", "tenant"],
  ]);
  expect(parseSchema(JSON.stringify(schema))).toEqual(schema);
  expect(fingerprint(schema)).toBe(fingerprint(plainSchema));
  expect(schemaDiff(schema, plainSchema)).toEqual([]);
});

test("a key with the distribution column reads from one node", () => {
  const key = { id: 5, tenant_id: 1 };
  expect(getSql(schema, "note", key)).toMatchObject({
    text: `SELECT ${NOTE} FROM "public"."note" WHERE "id" = $1::text::int4 AND "tenant_id" = $2::text::int4`,
    params: ["5", "1"],
  });
  for (const key of [5, { id: 5 }])
    expect(getSql(schema, "note", key).text).toBe(
      `SELECT ${NOTE} FROM "public"."note" WHERE "id" = $1::text::int4`,
    );
  expect(deleteRowSql(schema, "note", key, { returning: false }).text).toBe(
    `DELETE FROM "public"."note" WHERE "id" = $1::text::int4 AND "tenant_id" = $2::text::int4`,
  );
  expect(getSql(schema, "invoice", [1, 2]).text).toEndWith(
    `WHERE "tenant_id" = $1::text::int4 AND "id" = $2::text::int4`,
  );
  expect(() => getSql(plainSchema, "note", key)).toThrow(
    "the key of note must be the value of id, or { id }",
  );
  expect(() => getSql(schema, "note", { ...key, text: "a" })).toThrow(ArgumentError);
});

test("the statement for many keys contains the distribution column if all keys have it", () => {
  const keys = [
    { id: 5, tenant_id: 1 },
    { id: 6, tenant_id: 2 },
  ];
  const on = `"note"."id" = "keys"."k1"::int4 AND "note"."tenant_id" = "keys"."k2"::int4`;
  expect(getManySql(schema, "note", keys, { select: ["text"] }).text).toBe(
    `SELECT "note"."text", "note"."id" FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS "keys" ("k1", "k2", "n") LEFT JOIN "public"."note" ON ${on} ORDER BY "keys"."n"`,
  );
  expect(deleteManySql(schema, "note", keys).text).toContain(`WHERE ${on} ORDER BY`);
  expect(() => getManySql(schema, "note", [...keys, 7])).toThrow(
    "the keys of note: all or none must have the distribution column tenant_id",
  );
});

test("an update finds its row on one node and never changes the column", () => {
  const row = { id: 5, tenant_id: 1, text: "x" };
  expect(updateSql(schema, "note", row, { returning: false })).toMatchObject({
    text: `UPDATE "public"."note" SET "text" = $1::text WHERE "id" = $2::text::int4 AND "tenant_id" = $3::text::int4`,
    params: ["x", "5", "1"],
  });
  expect(updateSql(schema, "note", { id: 5, text: "x" }, { returning: false }).text).toBe(
    `UPDATE "public"."note" SET "text" = $1::text WHERE "id" = $2::text::int4`,
  );
  expect(updateManySql(schema, "note", [row]).text).toBe(
    `UPDATE "public"."note" SET "text" = "rows"."c3"::text FROM (SELECT "rows".* FROM unnest($1::text::text[], $2::text::text[], $3::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "c3", "n"), "public"."note" WHERE "note"."id" = "rows"."c1"::int4 AND "note"."tenant_id" = "rows"."c2"::int4 ORDER BY "note"."id" FOR NO KEY UPDATE OF "note") AS "rows" WHERE "note"."id" = "rows"."c1"::int4 AND "note"."tenant_id" = "rows"."c2"::int4 RETURNING "rows"."n"::int4 AS "n"`,
  );
  const reason =
    "tenant_id: the distribution column of a row cannot change, because it decides which node has the row; insert a row with the new value and delete this one";
  for (const table of ["note", "invoice"])
    expect(() => updateWhereSql(schema, table, { tenant_id: 2 }, { where: { id: 1 } })).toThrow(
      `${table}.${reason}`,
    );
});

test("the conflict target of an upsert must include the distribution column", () => {
  const lacks = (key: string): string =>
    `note: ${key} cannot be a conflict target: it lacks the distribution column tenant_id, and each node checks only its own rows; use a unique key with tenant_id`;
  const row = { id: 5, tenant_id: 1, text: "x", code: "c" };
  expect(() => upsertSql(schema, "note", row)).toThrow(lacks("note_pkey (id)"));
  expect(() => upsertManySql(schema, "note", [row], { key: ["code"] })).toThrow(
    lacks("note_code_key (code)"),
  );
  expect(upsertSql(schema, "note", row, { key: ["tenant_id", "text"], returning: false }).text).toEndWith(
    `ON CONFLICT ("tenant_id", "text") DO UPDATE SET "code" = EXCLUDED."code"`,
  );
});

test("an upsert that changes nothing assigns a column other than the distribution column", () => {
  const text = upsertSql(schema, "note", { tenant_id: 1, text: "x" }, { key: ["tenant_id", "text"] }).text;
  expect(text).toContain('ON CONFLICT ("tenant_id", "text") DO UPDATE SET "text" = "note"."text" RETURNING');
});

test("include, some and every join co-located tables on the distribution column as well", () => {
  const sql = (include: object): string =>
    rowsWhereSql(schema, "note", { where: include as never, select: ["id"] }).text;
  expect(sql(some("invoice", { total: 1 }))).toBe(
    `SELECT "id" FROM "public"."note" WHERE EXISTS (SELECT FROM "public"."invoice" WHERE "invoice"."id" = "note"."invoice_id" AND "invoice"."tenant_id" = "note"."tenant_id" AND "invoice"."total" = $1::text::int4)`,
  );
  const where = some("tenant", { name: "one" }) as never;
  expect(rowsWhereSql(schema, "invoice", { where, select: ["id"] }).text).toBe(
    `SELECT "id" FROM "public"."invoice" WHERE EXISTS (SELECT FROM "public"."tenant" WHERE "tenant"."id" = "invoice"."tenant_id" AND "tenant"."name" = $1::text)`,
  );
  expect(sql(some("tag", { word: "a" }))).toBe(
    `SELECT "id" FROM "public"."note" WHERE EXISTS (SELECT FROM "public"."seen" AS "junction" JOIN "public"."tag" ON "tag"."id" = "junction"."tag_id" AND "tag"."tenant_id" = "junction"."tenant_id" WHERE "junction"."note_id" = "note"."id" AND "junction"."tenant_id" = "note"."tenant_id" AND "tag"."word" = $1::text)`,
  );
});

test("a scope on the distribution column is in every level of a statement", async () => {
  const mine = scope(schema, { "*": { tenant_id: 1 }, tenant: { id: 1 } }, { open: ["country"] });
  const { sent, onStatement } = recorder();
  const include = { note: true, tenant: true } as const;
  const rows = await rowsWhere(database.sql, mine, "invoice", { include, onStatement });
  expect(rows).toMatchObject([{ id: 1, note: [{ id: 5 }], tenant: { name: "one" } }]);
  expect(sent).toHaveLength(1);
  expect(sent[0]!.text).toContain(
    `("note"."invoice_id", "note"."tenant_id") IN (SELECT "level0"."c2", "level0"."c1" FROM "level0") AND "note"."tenant_id" = `,
  );
  expect(pageSql(mine, "note", { limit: 2 }).text).toContain(
    `WHERE "note"."tenant_id" = $1::text::int4 ORDER BY`,
  );
  expect(updateSql(mine, "note", { id: 5, text: "x", tenant_id: 1 }, { returning: false }).text).toBe(
    `UPDATE "public"."note" SET "text" = $1::text WHERE "id" = $2::text::int4 AND "tenant_id" = $3::text::int4`,
  );
});

test("claimed rows are updated by their distribution column, which set cannot change", () => {
  const set = { status: "taken" };
  expect(claimSql(schema, "job", { set, select: ["id"] }).text).toContain(
    'WHERE "job"."id" = "claimed"."id" AND "job"."tenant_id" = "claimed"."tenant_id" RETURNING',
  );
  expect(() => claimSql(schema, "job", { set: { tenant_id: 2 } })).toThrow(
    "job.tenant_id: the distribution column of a row cannot change",
  );
});

test("a declaration that contradicts the tables is rejected", () => {
  const rejected: readonly (readonly [object, string])[] = [
    [
      { note: { distribution: { column: "tenant" } } },
      'note has no column "tenant"; did you mean "tenant_id"?',
    ],
    [{ note: { distribution: { column: "tenant_id", with: "tenant" } } }, 'has no option "with"'],
    [
      { note: { distribution: "everywhere" } },
      "declare: note: distribution: the options must be a plain object",
    ],
    [
      { note: { distribution: { column: "tenant_id", colocatedWith: "tenant" } } },
      "declare: tenant: distribution: the table has none, so no table can be co-located with it",
    ],
    [
      {
        note: { distribution: { column: "text", colocatedWith: "tag" } },
        tag: { distribution: { column: "id" } },
      },
      "declare: note: distribution: text is text, but tag.id is integer; co-located tables need the same type",
    ],
    [
      {
        note: { distribution: { column: "id", colocatedWith: "country" } },
        country: { distribution: "reference" },
      },
      "declare: note: distribution: country is a reference table, which is on every node",
    ],
    [
      {
        note: { distribution: { column: "id", colocatedWith: "tag" } },
        tag: { distribution: { column: "id", colocatedWith: "note" } },
      },
      "declare: note: distribution: note, tag are co-located only with each other",
    ],
  ];
  for (const [given, reason] of rejected) expect(() => declare(plainSchema, given as never)).toThrow(reason);
  expect(() => declare(schema, { note: { distribution: { column: "id" } } })).toThrow(
    "declare: note already has the distribution tenant_id",
  );
});
