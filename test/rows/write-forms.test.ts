// The forms of `returning` in every function that writes, and of `update` in upserts.
import { expect, test } from "bun:test";
import * as rowfn from "../../src/index.ts";
import { upsertSql } from "../../src/statements/index.ts";
import { describeValue } from "../../src/types/problem.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(
  `create table doc (id int primary key, tenant int not null, title text, body text, plays int not null default 0)`,
  `truncate doc; insert into doc values (1, 1, 'mine', 'precious'), (2, 2, 'theirs', 'secret')`,
);
const { sql } = database;
const { col, expr } = rowfn;
const docs = () => plain("select id, title, body, plays from doc order by id");
const STORED = [
  [1, "mine", "precious", 0],
  [2, "theirs", "secret", 0],
];

type Options = { readonly returning?: boolean | readonly string[]; readonly onStatement?: rowfn.OnStatement };

const ONE: Readonly<Record<string, (options: Options) => Promise<unknown>>> = {
  insert: options => rowfn.insert(sql, schema, "doc", { id: 3, tenant: 1 }, options),
  update: options => rowfn.update(sql, schema, "doc", { id: 1, title: "x" }, options),
  upsert: options => rowfn.upsert(sql, schema, "doc", { id: 1, tenant: 1, title: "x" }, options),
  deleteRow: options => rowfn.deleteRow(sql, schema, "doc", 1, options),
  lookup: options => rowfn.lookup(sql, schema, "doc", { id: 1, tenant: 1 }, options),
};

const MANY: Readonly<Record<string, (options: Options) => Promise<unknown>>> = {
  insertMany: options => rowfn.insertMany(sql, schema, "doc", [{ id: 3, tenant: 1 }], options),
  upsertMany: options => rowfn.upsertMany(sql, schema, "doc", [{ id: 1, tenant: 1 }], options),
  updateMany: async options =>
    (await rowfn.updateMany(sql, schema, "doc", [{ id: 1, title: "x" }], options)).updated,
  updateWhere: options =>
    rowfn.updateWhere(sql, schema, "doc", { title: "x" }, { where: { id: 1 }, ...options }),
  deleteMany: options => rowfn.deleteMany(sql, schema, "doc", [1], options),
  deleteWhere: options => rowfn.deleteWhere(sql, schema, "doc", { where: { id: 1 }, ...options }),
};

const COLUMNS = ["id", "tenant", "title", "body", "plays"];

for (const [name, write] of Object.entries(ONE)) {
  test(`${name} returns the row by default and for true, the listed columns for a list, and nothing for false`, async () => {
    expect(Object.keys((await write({})) as object)).toEqual(COLUMNS);
    await sql.unsafe("delete from doc where id = 3; insert into doc values (1, 1) on conflict do nothing");
    expect(Object.keys((await write({ returning: true })) as object)).toEqual(COLUMNS);
    await sql.unsafe("delete from doc where id = 3; insert into doc values (1, 1) on conflict do nothing");
    expect(Object.keys((await write({ returning: ["id"] })) as object)).toEqual(["id"]);
    await sql.unsafe("delete from doc where id = 3; insert into doc values (1, 1) on conflict do nothing");
    expect(await write({ returning: false })).toBeUndefined();
  });
}

for (const [name, write] of Object.entries(MANY)) {
  test(`${name} returns the number by default and for false, and rows for true and a list`, async () => {
    const renew = () =>
      sql.unsafe("delete from doc where id = 3; insert into doc values (1, 1) on conflict do nothing");
    expect(await write({})).toBe(1);
    await renew();
    expect(await write({ returning: false })).toBe(1);
    await renew();
    expect(((await write({ returning: true })) as object[]).map(row => Object.keys(row))).toEqual([COLUMNS]);
    await renew();
    expect(((await write({ returning: ["id"] })) as object[]).map(row => Object.keys(row))).toEqual([["id"]]);
  });
}

for (const [name, write] of [...Object.entries(ONE), ...Object.entries(MANY)])
  test(`${name} rejects every other form of returning before anything is sent`, async () => {
    const { sent, onStatement } = recorder();
    for (const returning of [[], "id", null, 0, "", {}, new Set(["id"])]) {
      const error = await failure(write({ returning: returning as never, onStatement }));
      expect(error.message).toBe(
        `${name}: returning must be true, false or a non-empty array of column names, received ${describeValue(returning)}`,
      );
    }
    expect(await failure(write({ returning: ["idd"], onStatement }))).toBeInstanceOf(rowfn.UnknownNameError);
    expect(sent).toEqual([]);
    expect(await docs()).toEqual(STORED);
  });

const UPSERTS: Readonly<Record<string, (update: never, row?: object) => Promise<unknown>>> = {
  upsert: (update, row = {}) =>
    rowfn.upsert(sql, schema, "doc", { id: 1, tenant: 1, title: "new", ...row }, { update }),
  upsertMany: (update, row = {}) =>
    rowfn.upsertMany(sql, schema, "doc", [{ id: 1, tenant: 1, title: "new", ...row }], { update }),
  "upsertMany of many rows": (update, row = {}) =>
    rowfn.upsertMany(
      sql,
      schema,
      "doc",
      Array.from({ length: 2_500 }, (_, at) => ({ id: at + 1, tenant: 1, title: "new", ...row })),
      { update },
    ),
  "upsertMany, returning": (update, row = {}) =>
    rowfn.upsertMany(sql, schema, "doc", [{ id: 1, tenant: 1, title: "new", ...row }], {
      update,
      returning: true,
    }),
};

const FORMS = [
  ...["ignore", "", null, true, false, 0, [], {}, new Set(["title"]), { title: "x" }],
  ...[expr`title = 'x'`, { title: expr`'x'`, body: null }, () => "nothing"],
];

for (const [name, upsert] of Object.entries(UPSERTS)) {
  test(`${name} rejects every invalid form of update`, async () => {
    for (const update of FORMS)
      expect((await failure(upsert(update as never))).message).toStartWith(
        'update must be a non-empty array of columns of the row, an object { column: expr }, "changed", "replace" or "nothing"',
      );
    expect(await docs()).toEqual(STORED);
  });

  test(`${name} rejects a column in update that the row lacks`, async () => {
    const place = name === "upsert" ? "" : ", rows[0]";
    expect((await failure(upsert(["body"] as never))).message).toBe(
      `doc.body${place}: the row has no value; add one, or remove the column from update`,
    );
    expect((await failure(upsert(["title", "plays"] as never))).message).toContain(
      `doc.plays${place}: the row has no`,
    );
    expect(await failure(upsert(["titel"] as never))).toBeInstanceOf(rowfn.UnknownNameError);
    expect(await failure(upsert({ titel: expr`1` } as never))).toBeInstanceOf(rowfn.UnknownNameError);
    expect((await failure(upsert({ id: expr`1` } as never))).message).toContain("part of a key");
    expect(await docs()).toEqual(STORED);
  });

  test(`${name} updates an existing row with raw SQL`, async () => {
    const update = { plays: expr`${col("doc", "plays")} + ${2}::int`, title: expr`excluded.title || '!'` };
    await upsert(update as never);
    await upsert(update as never);
    expect((await docs())[0]).toEqual([1, "new!", "precious", 4]);
  });
}

test("raw SQL in update is one expression, and its parameters are in order", () => {
  const row = { id: 1, tenant: 1, title: "new" };
  const statement = upsertSql(schema, "doc", row, {
    update: { plays: expr`${col("doc", "plays")} + ${2}` },
    returning: false,
  });
  expect(statement).toMatchObject({
    text: `INSERT INTO "public"."doc" ("id", "tenant", "title") VALUES ($1::text::int4, $2::text::int4, $3::text) ON CONFLICT ("id") DO UPDATE SET "plays" = ("doc"."plays" + $4)`,
    params: ["1", "1", "new", "2"],
  });
});

test("an update with raw SQL stays inside the scope", async () => {
  const mine = rowfn.scope(schema, { doc: { tenant: 1 } });
  const update = { title: expr`'x'` };
  expect(await failure(rowfn.upsert(sql, mine, "doc", { id: 2 }, { update }))).toBeInstanceOf(
    rowfn.ScopeError,
  );
  const move = { tenant: expr`2` };
  expect((await failure(rowfn.upsert(sql, mine, "doc", { id: 1 }, { update: move }))).message).toContain(
    "scope",
  );
  expect(await docs()).toEqual(STORED);
});

test("key is an array of columns", async () => {
  for (const [key, kind] of [
    ["id", "a string"],
    [null, "null"],
    [{}, "an object"],
  ] as const)
    expect(
      (await failure(rowfn.upsert(sql, schema, "doc", { id: 1, tenant: 1 }, { key: key as never }))).message,
    ).toBe(`key must be an array, received ${kind}`);
});
