// Settings of a session, role or database that change what is stored or read.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  assertFresh,
  connect,
  count,
  EXACT_SETTINGS,
  get,
  insert,
  insertMany,
  loadSchema,
  type Page,
  page,
  rowsWhere,
  type SchemaSnapshot,
  SettingsError,
  update,
} from "../../src/index.ts";
import { requireExactSettings } from "../../src/schema/exact-settings.ts";
import { rollback, type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import { startStrictPooler } from "../support/strict-pooler.ts";

const TABLES = `create table value (id int primary key, f float8, list text[], bytes bytea, span interval, day date)`;
const HOSTILE: Readonly<Record<string, readonly string[]>> = {
  DateStyle: ["German", "SQL, DMY", "Postgres, MDY"],
  IntervalStyle: ["sql_standard", "iso_8601", "postgres_verbose"],
  extra_float_digits: ["0", "-15"],
  array_nulls: ["off"],
  bytea_output: ["escape"],
  xmloption: ["document"],
  client_encoding: ["LATIN1", "WIN1252"],
  gin_fuzzy_search_limit: ["5"],
};
const CASES = Object.entries(HOSTILE).flatMap(([name, values]) =>
  values.map(value => [name, value] as const),
);
const prepare = process.env["ROWFN_PREPARE"] !== "false";

let database: TestDatabase;
let session: TestDatabase["sql"];
beforeAll(async () => {
  // A second connection could open while the database has other settings, and would keep them.
  database = await testDatabase({ template: TABLES, handle: { max: 1 } });
  session = database.connect({ max: 1 });
});
afterAll(() => database.drop());

async function withSessionSetting(
  name: string,
  value: string,
  run: (handle: TestDatabase["sql"]) => Promise<void>,
): Promise<void> {
  await session.unsafe(`set ${name} = '${value}'`);
  try {
    await run(session);
  } finally {
    await session.unsafe(`reset ${name}`);
  }
}

/** The value as PostgreSQL prints it. */
function shown(value: string): string {
  return value === "German" ? "German, DMY" : value;
}

async function withDatabaseSettings<Result>(
  settings: Readonly<Record<string, string>>,
  run: () => Promise<Result>,
): Promise<Result> {
  for (const [name, value] of Object.entries(settings))
    await database.sql.unsafe(`alter database ${database.name} set ${name} = '${value}'`);
  try {
    return await run();
  } finally {
    await database.sql.unsafe(`alter database ${database.name} reset all`);
  }
}

test.each(CASES)(
  "%s = %s of the session is rejected by loadSchema with its name and the remedy",
  async (name, value) => {
    await withSessionSetting(name, value, async hostile => {
      const error = await failure(loadSchema(hostile));
      expect(error).toBeInstanceOf(SettingsError);
      expect(error.message).toContain(`${name} = ${shown(value)} (`);
      expect(error.message).toContain("new SQL(url, { connection: EXACT_SETTINGS })");
      expect((await loadSchema(hostile, { settings: "any" })).relations).toHaveLength(1);
      expect(await hostile.unsafe(`show ${name}`).values()).toEqual([[shown(value)]]);
    });
  },
);

// Each setting with its first value, its second value and so on, because only new connections have them.
test.each(
  Array.from({ length: Math.max(...Object.values(HOSTILE).map(values => values.length)) }, (_, n) => n),
)(
  "settings of the database affect neither connect nor a handle with EXACT_SETTINGS: value %i of each",
  async index => {
    const settings = Object.fromEntries(
      Object.entries(HOSTILE).flatMap(([name, { [index]: value }]) =>
        value === undefined ? [] : [[name, value]],
      ),
    );
    await withDatabaseSettings(settings, async () => {
      const { sql, schema } = await connect(database.url, { max: 1, prepare, tls: false });
      expect(schema.relations).toHaveLength(1);
      await assertFresh(sql, schema);
      const error = await failure(assertFresh(database.connect({ max: 1 }), schema));
      expect(error).toBeInstanceOf(SettingsError);
      // Bun itself sends these settings.
      const { DateStyle: _, client_encoding: __, ...reported } = settings;
      for (const [name, value] of Object.entries(reported))
        expect(error.message).toContain(`${name} = ${value} (`);
      await sql.close();
      const exact = database.connect({ max: 1, connection: EXACT_SETTINGS });
      expect((await loadSchema(exact)).relations).toHaveLength(1);
    });
  },
);

test("all settings that change values are reported together", async () => {
  const hostile = database.connect({
    max: 1,
    connection: { array_nulls: "off", extra_float_digits: "0" },
  });
  expect((await failure(loadSchema(hostile))).message).toBe(
    "the session does not keep values exact: extra_float_digits = 0 (floating-point numbers are rounded when they are read), array_nulls = off (NULL in an array is stored as a string); open the handle with connect(url) or new SQL(url, { connection: EXACT_SETTINGS }), or set them for role postgres",
  );
});

test.each([
  ["extra_float_digits", "3"],
  ["DateStyle", "ISO, DMY"],
  ["TimeZone", "Asia/Tokyo"],
])("%s = %s keeps values exact and is accepted", async (name, value) => {
  await withSessionSetting(name, value, async handle => {
    expect((await loadSchema(handle)).relations).toHaveLength(1);
  });
});

test("money with a number of decimals other than 2 is rejected if the database uses money", async () => {
  const printing = { values: {}, moneyDecimals: 0, moneyText: "-$1,234.50", moneyLocale: "ja_JP.UTF-8" };
  const schema = await loadSchema(database.sql);
  const priced = await rollback(database.sql, async tx => {
    await tx.unsafe("create table price (amount money)");
    return await loadSchema(tx);
  });
  expect(() => requireExactSettings(schema, printing)).not.toThrow();
  expect(() => requireExactSettings(priced, { ...printing, moneyDecimals: 2 })).not.toThrow();
  for (const moneyDecimals of [0, 3])
    expect(() => requireExactSettings(priced, { ...printing, moneyDecimals })).toThrow(
      `lc_monetary = ja_JP.UTF-8 stores money with ${moneyDecimals} decimals, but rowfn reads and writes 2; use numeric columns`,
    );
});

describe("the money format", () => {
  const PLAIN = ["create table t (id int)", "create table t (amount money, list money[])"];
  const NESTED = ["as (amount money)", "as (list money[])", "as range (subtype = money)"].map(
    type => `create type nest ${type}; create table t (n nest)`,
  );
  const plain: SchemaSnapshot[] = [];
  const nested: SchemaSnapshot[] = [];
  const schemaWith = (text: string): Promise<SchemaSnapshot> =>
    rollback(session, async tx => {
      await tx.unsafe(`create schema priced; set local search_path to priced; ${text}`);
      return await loadSchema(tx, { schemas: ["priced"] });
    });
  beforeAll(async () => {
    for (const text of PLAIN) plain.push(await schemaWith(text));
    for (const text of NESTED) nested.push(await schemaWith(text));
  });

  test.each([
    ["-$1,234.50", true],
    ["-1234.50", true],
    ["-1.234,50 €", false],
    ["($1,234.50)", false],
    ["-$12,34.500", false],
  ])(
    "%s matters only inside composite and range types, where it is accepted: %p",
    (moneyText, isAccepted) => {
      const printing = { values: {}, moneyDecimals: 2, moneyText, moneyLocale: "any" };
      for (const schema of plain) requireExactSettings(schema, printing);
      for (const schema of nested) {
        const check = expect(() => requireExactSettings(schema, printing));
        if (isAccepted) check.not.toThrow();
        else
          check.toThrow(
            `lc_monetary = any prints -1234.50 as ${moneyText}, so money inside priced.nest would change`,
          );
      }
    },
  );
});

test("an invalid value of the option settings is rejected", async () => {
  const error = await failure(loadSchema(database.sql, { settings: "all" as never }));
  expect(error.message).toBe('settings must be "exact" or "any", received "all"');
});

test("values are exact through connect in a database with hostile settings", async () => {
  const row = {
    ...{ id: 1, f: 0.1 + 0.2, list: [null, "NULL", "a"], bytes: new Uint8Array([0, 92, 255]) },
    ...{ span: "-1 days +02:03:04.000005", day: "2026-02-03" },
  };
  const settings = Object.fromEntries(Object.entries(HOSTILE).map(([name, [value]]) => [name, value!]));
  await withDatabaseSettings(settings, async () => {
    const { sql, schema } = await connect(database.url, { max: 1, prepare });
    await insert(sql, schema, "value", row);
    expect(await rowsWhere(sql, schema, "value")).toEqual([row]);
    await sql.close();
  });
  expect(
    await database.sql`select f::text, list::text, bytes::text, span::text, day::text from value`.values(),
  ).toEqual([
    ["0.30000000000000004", '{NULL,"NULL",a}', "\\x005cff", "-1 days +02:03:04.000005", "2026-02-03"],
  ]);
});

describe("a snapshot of a different handle", () => {
  const SETTINGS = { array_nulls: "off", extra_float_digits: "0", bytea_output: "escape" } as const;
  const THIRD = 0.1 + 0.2;
  let schema: SchemaSnapshot;
  beforeAll(async () => {
    await database.sql.unsafe(`create table arr (id int primary key, a text[]);
      create table fl (id int primary key, f float8, pt point);
      insert into fl values (0, 0.1::float8 + 0.2::float8, point(0.1::float8 + 0.2::float8, 1));
      insert into fl select i, i / 7.0 from generate_series(1, 40) i`);
    schema = await loadSchema(database.sql);
  });

  test.each(Object.entries(SETTINGS))("assertFresh rejects a handle with %s = %s", async (name, value) => {
    await withSessionSetting(name, value, async hostile => {
      const error = await failure(assertFresh(hostile, schema));
      expect(error).toBeInstanceOf(SettingsError);
      expect(error.message).toContain(`${name} = ${value} (`);
    });
  });

  test("a handle with EXACT_SETTINGS stores and reads exact values, whatever the settings of the database", async () => {
    await withDatabaseSettings(SETTINGS, async () => {
      const exact = database.connect({ max: 1, connection: EXACT_SETTINGS });
      const row = { id: 1, a: [null, "a"] };
      expect(await insert(exact, schema, "arr", row)).toEqual(row);
      await insertMany(exact, schema, "arr", [{ ...row, id: 2 }]);
      expect(await count(exact, schema, "arr", { where: { a: [null, "a"] } })).toBe(2);
      const float = { id: 0, f: THIRD, pt: { x: THIRD, y: 1 } };
      expect(await rowsWhere(exact, schema, "fl", { where: { f: THIRD } })).toEqual([float]);
      expect(await get(exact, schema, "fl", 0)).toEqual(float);
      expect(await update(exact, schema, "fl", float)).toEqual(float);
      const seen: unknown[] = [];
      for (let after: string | null = null; seen.length < 60; ) {
        const found: Page<Record<string, unknown>> = await page(exact, schema, "fl", {
          ...{ orderBy: "f", limit: 1, after },
        });
        seen.push(...found.rows.map(({ id }) => id));
        if (found.next === null) break;
        after = found.next;
      }
      expect(new Set(seen).size).toBe(41);
      expect(seen).toHaveLength(41);
      const bytes = { id: 5, bytes: new Uint8Array([0, 92, 255]) };
      expect(await insert(exact, schema, "value", bytes)).toMatchObject(bytes);
      expect(await rowsWhere(exact, schema, "value", { where: { id: 5 } })).toMatchObject([bytes]);
    });
    expect(await database.sql`select a::text from arr`.values()).toEqual([
      ["{NULL,a}"],
      ["{NULL,a}"],
    ] as never);
    expect(await database.sql`select f::text, pt::text from fl where id = 0`.values()).toEqual([
      ["0.30000000000000004", "(0.30000000000000004,1)"],
    ] as never);
    expect(await database.sql`select bytes::text from value where id = 5`.values()).toEqual([
      ["\\x005cff"],
    ] as never);
    await database.sql`delete from value where id = 5`;
  });
  afterAll(async () => void (await database.sql`drop table arr, fl`));
});

describe("through a pooler that rejects start-up parameters", () => {
  test("connect opens the handle without them and checks the server's settings", async () => {
    const pooler = startStrictPooler(database.url);
    const { sql, schema } = await connect(pooler.url, { max: 2, prepare: false });
    expect(schema.relations).toHaveLength(1);
    await sql.close();
    await withDatabaseSettings({ array_nulls: "off" }, async () => {
      expect(await failure(connect(pooler.url, { max: 1, prepare: false }))).toBeInstanceOf(SettingsError);
    });
    pooler.stop();
  });
});
