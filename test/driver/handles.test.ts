import { afterAll, beforeAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { singleConnection } from "../../src/driver/cancel.ts";
import {
  connect,
  describeHandle,
  expr,
  get,
  getMany,
  item,
  loadSchema,
  page,
  q,
  rowsWhere,
  type SchemaSnapshot,
  streamRows,
} from "../../src/index.ts";
import { type HandleOptions, type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { eventually } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";

const TEMPLATE = `
create table thing (thing_id int primary key, big_number int8, small_numbers int4[], made_at timestamptz, price numeric(10,2));
insert into thing values (1, 9007199254740993, '{1,2}', '2024-02-29 12:00:00.123456+00', 1.50);`;

const ROW = {
  thing_id: 1,
  big_number: "9007199254740993",
  small_numbers: [1, 2],
  made_at: new Date("2024-02-29T12:00:00.123Z"),
  price: "1.50",
};

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({ template: TEMPLATE });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

const camel = (name: string): string => name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());

const HANDLES: Readonly<Record<string, HandleOptions>> = {
  "a plain handle": {},
  "prepare: true": { prepare: true },
  "prepare: false": { prepare: false },
  "bigint: true": { bigint: true },
  "a transform that renames columns": { transform: { column: { from: camel, to: camel } } } as HandleOptions,
  "one connection": { max: 1 },
};

for (const [name, options] of Object.entries(HANDLES)) {
  test(`rows are the same through ${name}`, async () => {
    const sql = database.connect(options);
    const loaded = await loadSchema(sql);
    expect(loaded.relations).toEqual(schema.relations);
    expect(await get(sql, loaded, "thing", 1)).toEqual(ROW);
    expect(await rowsWhere(sql, loaded, "thing", { where: { big_number: "9007199254740993" } })).toEqual([
      ROW,
    ]);
    expect(await getMany(sql, loaded, "thing", [2, 1])).toEqual([undefined, ROW]);
    expect(await Array.fromAsync(streamRows(sql, loaded, "thing"))).toEqual([ROW]);
    expect((await page(sql, loaded, "thing", { limit: 1 })).rows).toEqual([ROW]);
  });
}

test("raw queries return the column names of the handle and the values of the snapshot", async () => {
  const plain = database.connect({ bigint: true });
  const renamed = database.connect({ transform: { column: { from: camel, to: camel } } } as HandleOptions);
  const query = expr`select big_number, made_at from thing`;
  const { big_number, made_at } = ROW;
  expect(await q(plain, schema, query)).toEqual([{ big_number, made_at }]);
  expect(await q(renamed, schema, query)).toEqual([{ bigNumber: big_number, madeAt: made_at }]);
});

test("connect connects to exactly the server of the URL and reads its schema", async () => {
  const saved = { ...process.env };
  Object.assign(process.env, {
    PGHOST: "192.0.2.1",
    PGDATABASE: "elsewhere",
    PGUSER: "nobody",
    DATABASE_URL: "postgres://x@192.0.2.1/x",
  });
  try {
    const { sql, schema: own } = await connect(database.url, {
      max: 1,
      types: { int8: "bigint" },
      schemas: ["public"],
    });
    expect(own.database).toBe(database.name);
    expect((await get(sql, own, "thing", 1))?.["big_number"]).toBe(9007199254740993n);
    expect(describeHandle(sql)).toMatch(
      new RegExp(`^postgres://[a-z]+@(127\\.0\\.0\\.1|localhost):\\d+/${database.name}$`),
    );
    await sql.close();
  } finally {
    for (const name of ["PGHOST", "PGDATABASE", "PGUSER", "DATABASE_URL"]) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  }
});

test("connect rejects a URL of a different database system and a server that does not answer", async () => {
  await expect(connect("mysql://u@localhost/x")).rejects.toThrow(
    "url must start with postgres://, received mysql:",
  );
  const noUrl = "url must be a URL such as postgres://user@host:5432/database";
  await expect(connect("nonsense")).rejects.toThrow(noUrl);
  await expect(connect("nonsense")).rejects.not.toThrow("nonsense");
  // An environment variable that is not set.
  await expect(connect(undefined as never)).rejects.toThrow(`${noUrl}, received undefined`);
  await expect(
    connect("postgres://u:secret@127.0.0.1:1/x", { connectionTimeout: 2_000 }),
  ).rejects.not.toThrow("secret");
});

test.each([
  [undefined, "hex"],
  ["exact", "hex"],
  ["any", "escape"],
] as const)("with the settings %p the bytea_output of a handle is %s", async (settings, expected) => {
  const own = await testDatabase();
  await own.sql.unsafe(`alter database "${own.name}" set bytea_output = 'escape'`);
  const { sql } = await connect(own.url, { max: 1, ...(settings && { settings }) });
  expect(await sql`show bytea_output`.values()).toEqual([[expected]]);
  await sql.close();
  await own.drop();
});

test("connect leaves no connection open if it is rejected", async () => {
  // The pool of the test database opens connections of its own at any time.
  const url = new URL(database.url);
  url.searchParams.set("application_name", "rejected");
  expect((await failure(connect(url, { max: 2, schemas: ["missing"] }))).message).toContain("missing");
  await eventually(async () =>
    expect(
      await database.sql`select pid from pg_stat_activity where application_name = 'rejected'`.values(),
    ).toEqual([] as never),
  );
});

test("connect accepts times in milliseconds", async () => {
  const times = { connectionTimeout: 2_500, idleTimeout: 1_500, maxLifetime: 60_000 };
  const { sql } = await connect(database.url, { max: 1, ...times });
  expect(sql.options).toMatchObject(times);
  await sql.close();
  const standard = await connect(database.url, { max: 1 });
  expect(standard.sql.options).toMatchObject({ connectionTimeout: 10_000 });
  await standard.sql.close();
  for (const idleTimeout of [-1, Number.NaN, 2 ** 31])
    await expect(connect(database.url, { idleTimeout })).rejects.toThrow(
      `idleTimeout must be a non-negative number of milliseconds, received ${idleTimeout}`,
    );
});

test("the connection that cancels statements uses the connection timeout of the handle", async () => {
  const sql = new SQL(database.url, { connectionTimeout: 3, idleTimeout: 1 });
  const canceler = singleConnection(sql);
  expect(canceler.options).toMatchObject({ max: 1, connectionTimeout: 3_000, idleTimeout: 0 });
  await canceler.close();
  await sql.close();
});

test("describeHandle never shows the password", () => {
  const sql = database.connect({ password: "hush" } as HandleOptions);
  expect(describeHandle(sql)).not.toContain("hush");
});

test("describeHandle prints sockets and IPv6 addresses", () => {
  const handle = (options: object): never => ({ options }) as never;
  expect(describeHandle(handle({ username: "a b", hostname: "::1", port: 5433, database: "d/e" }))).toBe(
    "postgres://a%20b@[::1]:5433/d%2Fe",
  );
  expect(describeHandle(handle({ username: "u", path: "/run/pg", database: "d" }))).toBe(
    "postgres://u@/d?host=%2Frun%2Fpg",
  );
});

test("many concurrent reads on one connection do not mix their rows", async () => {
  const sql = database.connect({ max: 1 });
  const loaded = await loadSchema(sql);
  const wanted = Array.from({ length: 200 }, (_, index) => index);
  const values = await Promise.all(wanted.map(number => item(sql, loaded, expr`select ${number}::int4`)));
  expect(values).toEqual(wanted);
});

test("the JavaScript forms of loadSchema are used for every row", async () => {
  const sql = database.sql;
  const forms = await loadSchema(sql, { types: { int8: "number", timestamptz: "string" } });
  await expect(get(sql, forms, "thing", 1)).rejects.toThrow(/thing\.big_number/);
  const row = await get(sql, forms, "thing", 1, { select: ["made_at"] });
  expect(row).toEqual({ made_at: "2024-02-29 12:00:00.123456+00" });
});
