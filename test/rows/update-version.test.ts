import { expect, test } from "bun:test";
import { gt, loadSchema, NotFoundError, StaleError, scope, update, updateMany } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table doc (id int primary key, title text, version int not null default 1, tenant_id int not null default 1);
  create table other (a int, b text, v uuid not null default gen_random_uuid(), n text, primary key (b, a));
  create table timed (id int primary key, n text, at timestamptz not null default '2024-01-01T00:00:00.123456Z');
  create function keep() returns trigger language plpgsql as $$ begin return null; end $$;
  create table kept (id int primary key, version int8 not null default 1, n text);
  create trigger keep before update on kept for each row execute function keep()`,
  `truncate doc, other, timed, kept; insert into doc values (1, 'a', 1, 1), (2, 'b', 1, 2);
  insert into other (a, b) values (1, 'x'); insert into timed (id) values (1); insert into kept (id) values (1)`,
);
const version = { version: "version" };

test("a row with the version that was read is updated in one statement and gets the next version", async () => {
  const { sent, onStatement } = recorder();
  const row = { id: 1, title: "new", version: 1 };
  expect(await update(sql, schema, "doc", row, { ...version, onStatement })).toEqual({
    ...row,
    ...{ version: 2, tenant_id: 1 },
  });
  expect(sent).toEqual([
    {
      text:
        'UPDATE "public"."doc" SET "title" = $1::text, "version" = ("doc"."version" + 1) ' +
        'WHERE ("id" = $2::text::int4 AND "version" = $3::text::int4) RETURNING "id", "title", "version", "tenant_id"',
      params: ["new", "1", "1"],
    },
  ]);
});

test("a row that has changed since it was read is unchanged, and the call fails with StaleError", async () => {
  await update(sql, schema, "doc", { id: 1, title: "first", version: 1 }, version);
  const error = await failure(update(sql, schema, "doc", { id: 1, title: "second", version: 1 }, version));
  expect(error).toBeInstanceOf(StaleError);
  expect(error.message).toBe("doc: the row was changed after it was read; read the row again");
  expect(await plain("select title, version from doc where id = 1")).toEqual([["first", 2]]);
});

test("a missing row and another tenant's row are not found", async () => {
  const mine = scope(schema, { doc: { tenant_id: 1 } });
  for (const id of [9, 2])
    expect(await failure(update(sql, mine, "doc", { id, title: "x", version: 1 }, version))).toBeInstanceOf(
      NotFoundError,
    );
});

test("a row with a part of the key is rejected and changes no row that has this part", async () => {
  const [[v]] = (await plain("select v::text from other")) as [[string]];
  await plain(`insert into other values (2, 'x', '${v}')`);
  const error = await failure(update(sql, schema, "other", { b: "x", n: "new", v }, { version: "v" }));
  expect(error.message).toBe("other.a: the value is missing; the whole primary key is required");
  expect(await plain("select n from other")).toEqual([[null], [null]]);
});

test("a uuid gets a new value", async () => {
  const [[v]] = (await plain("select v::text from other")) as [[string]];
  const row = { a: 1, b: "x", n: "new", v };
  const stored = await update(sql, schema, "other", row, { version: "v" });
  expect(stored).toMatchObject({ n: "new" });
  expect(await plain(`select v::text, v <> '${v}' from other where a = 1 and b = 'x'`)).toEqual([
    [stored!["v"], true],
  ]);
  await expect(update(sql, schema, "other", row, { version: "v" })).rejects.toBeInstanceOf(StaleError);
});

test("a timestamptz version must be exact", async () => {
  const exact = await loadSchema(sql, { types: { timestamptz: "string" } });
  const row = { id: 1, n: "x", at: "2024-01-01 00:00:00.123456+00" };
  const stored = await update(sql, exact, "timed", row, { version: "at" });
  expect(await plain("select at::text from timed where id = 1")).toEqual([[stored!["at"]]]);
  expect(stored!["at"]).not.toBe(row.at);
  await expect(update(sql, schema, "timed", { ...row, at: new Date() }, { version: "at" })).rejects.toThrow(
    'timed.at: version must be a column of integers, of type uuid, or of type timestamptz in the form "string"',
  );
});

test("a timestamptz version is later than the one that was read, by the precision of its column", async () => {
  await sql.unsafe(`create domain whole as timestamptz(0);
    create table moment (id int primary key, at timestamptz, ms timestamptz(3), s timestamptz(0), w whole);
    insert into moment select 1, t, t, t, t from (values (timestamptz '2999-12-31 23:59:59Z')) as v (t)`);
  const exact = await loadSchema(sql, { types: { timestamptz: "string" } });
  const read = "2999-12-31 23:59:59+00";
  for (const [name, next] of [
    ["at", "2999-12-31 23:59:59.000001+00"],
    ["ms", "2999-12-31 23:59:59.001+00"],
    ["s", "3000-01-01 00:00:00+00"],
    ["w", "3000-01-01 00:00:00+00"],
  ] as const) {
    expect(await update(sql, exact, "moment", { id: 1, [name]: read }, { version: name })).toMatchObject({
      [name]: next,
    });
    expect(
      await failure(update(sql, exact, "moment", { id: 1, [name]: read }, { version: name })),
    ).toBeInstanceOf(StaleError);
  }
});

test("an infinite timestamptz version becomes the current time", async () => {
  await sql.unsafe(`create table endless (id int primary key, at timestamptz);
    insert into endless values (1, 'infinity'), (2, '-infinity')`);
  const exact = await loadSchema(sql, { types: { timestamptz: "string" } });
  await update(sql, exact, "endless", { id: 1, at: "infinity" }, { version: "at" });
  await update(sql, exact, "endless", { id: 2, at: "-infinity" }, { version: "at" });
  expect(await plain("select id from endless where isfinite(at) and at <= clock_timestamp()")).toHaveLength(
    2,
  );
});

test("a trigger that suppresses the change is not a stale row", async () => {
  const row = { id: 1, version: "1", n: "x" };
  expect(await update(sql, schema, "kept", row, version)).toBeUndefined();
  await expect(update(sql, schema, "kept", { ...row, version: "2" }, version)).rejects.toBeInstanceOf(
    StaleError,
  );
});

test("the version is required, and must be a column", async () => {
  await expect(update(sql, schema, "doc", { id: 1, title: "x" }, version)).rejects.toThrow(
    "doc.version: the value is missing; pass the version of the row as it was read",
  );
  await expect(update(sql, schema, "doc", { id: 1 }, { version: "vrsion" })).rejects.toThrow(
    'doc has no column "vrsion"; did you mean "version"?',
  );
});

test("a row without changes gets a new version if its version is current", async () => {
  expect(await update(sql, schema, "doc", { id: 1, version: 1 }, version)).toMatchObject({ version: 2 });
  await expect(update(sql, schema, "doc", { id: 1, version: 1 }, version)).rejects.toBeInstanceOf(StaleError);
  expect(await plain("select version from doc where id = 1")).toEqual([[2]]);
});

test("returning: false returns nothing but checks the version", async () => {
  const options = { ...version, returning: false } as const;
  expect(await update(sql, schema, "doc", { id: 1, title: "x", version: 1 }, options)).toBeUndefined();
  await expect(update(sql, schema, "doc", { id: 1, title: "y", version: 1 }, options)).rejects.toBeInstanceOf(
    StaleError,
  );
});

test("two clients that edit the same row lose no update", async () => {
  const edit = async (): Promise<void> => {
    for (let done = 0; done < 50; ) {
      const [[title, read]] = (await plain("select title, version from doc where id = 1")) as [
        [string, number],
      ];
      const row = { id: 1, title: `${title.length > 500 ? "" : title}.`, version: read };
      const stored = await update(sql, schema, "doc", row, version).catch(error => {
        if (!(error instanceof StaleError)) throw error;
      });
      if (stored !== undefined) done++;
    }
  };
  await Promise.all([edit(), edit()]);
  expect(await plain("select title, version from doc where id = 1")).toEqual([[`a${".".repeat(100)}`, 101]]);
});

test("a numeric version is incremented, and a version that has become NULL is stale", async () => {
  await sql.unsafe(`create table counted (id int primary key, v numeric default 1, n text);
    insert into counted (id) values (1), (2); update counted set v = null where id = 2`);
  const own = await loadSchema(sql);
  expect(await update(sql, own, "counted", { id: 1, v: "1", n: "a" }, { version: "v" })).toEqual({
    ...{ id: 1, v: "2", n: "a" },
  });
  const stale = await failure(update(sql, own, "counted", { id: 2, v: "1", n: "b" }, { version: "v" }));
  expect(stale).toBeInstanceOf(StaleError);
  expect(await plain("select v::text, n from counted order by id")).toEqual([
    ["2", "a"],
    [null, null],
  ]);
});

test("the version after NULL is 1, so that a second writer of the same version fails", async () => {
  await sql.unsafe(
    "create table fresh (id int primary key, v int, n text); insert into fresh values (1), (2), (3)",
  );
  const own = await loadSchema(sql);
  const options = { version: "v" } as const;
  expect(await update(sql, own, "fresh", { id: 1, v: null, n: "a" }, options)).toEqual({
    id: 1,
    v: 1,
    n: "a",
  });
  const stale = await failure(update(sql, own, "fresh", { id: 1, v: null, n: "b" }, options));
  expect(stale).toBeInstanceOf(StaleError);
  const rows = [
    { id: 1, v: 1, n: "c" },
    { id: 2, v: null, n: "d" },
    { id: 3, v: 1, n: "e" },
    { id: 2, v: null, n: "f" },
  ];
  expect(await updateMany(sql, own, "fresh", rows, options)).toEqual({
    ...{ updated: 2, missing: [], stale: [2, 3], suppressed: [] },
  });
  expect(await plain("select id, v, n from fresh order by id")).toEqual([
    [1, 2, "c"],
    [2, 1, "d"],
    [3, null, null],
  ]);
});

test("a version is a value, never an operator", async () => {
  const row = { id: 1, title: "x", version: gt(0) };
  await expect(update(sql, schema, "doc", row as never, version)).rejects.toThrow(
    "doc.version: expected an integer from -2147483648 to 2147483647, received an operator",
  );
  expect(await plain("select title, version from doc where id = 1")).toEqual([["a", 1]]);
});

test("a suppressed update of a row whose version is NULL is not stale", async () => {
  await sql.unsafe("alter table kept alter version drop not null; alter table kept disable trigger keep");
  await sql.unsafe("update kept set version = null; alter table kept enable trigger keep");
  const row = { id: 1, version: null, n: "x" };
  expect(await update(sql, await loadSchema(sql), "kept", row, version)).toBeUndefined();
});
