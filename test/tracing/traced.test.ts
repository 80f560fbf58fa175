import { afterAll, beforeAll, expect, test } from "bun:test";
import { SQL } from "bun";
import {
  expr,
  get,
  insert,
  insertMany,
  loadSchema,
  type QueryEvent,
  q,
  rowsWhere,
  type SchemaSnapshot,
  type TraceOptions,
  traced,
  transaction,
  upsertMany,
} from "../../src/index.ts";
import { claim } from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: "create table person (id int primary key, email text unique, note text)",
  });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

function trace(options?: TraceOptions) {
  const events: QueryEvent[] = [];
  return { events, sql: traced(database.sql, event => events.push(event), options) };
}
const texts = (events: readonly QueryEvent[]): string[] => events.map(({ text }) => text);

test("every statement is reported with parameters, rows, duration and OpenTelemetry attributes", async () => {
  const { events, sql } = trace();
  const before = Date.now();
  await insert(sql, schema, "person", { id: 1, email: "a@x" });
  const after = Date.now();
  await rowsWhere(sql, schema, "person");
  const [first, second] = events;
  expect(first).toMatchObject({
    text: 'INSERT INTO "public"."person" ("id", "email") VALUES ($1::text::int4, $2::text) RETURNING "id", "email", "note"',
    params: ["1", "a@x"],
    rows: 1,
    error: undefined,
  });
  expect(first!.duration).toBeGreaterThan(0);
  expect(first!.startedAt).toBeWithin(before - 1, after + 2);
  const { hostname, port } = new URL(database.url);
  expect(second!.attributes).toEqual({
    "db.system.name": "postgresql",
    "db.query.text": 'SELECT "id", "email", "note" FROM "public"."person"',
    "db.operation.name": "SELECT",
    "db.namespace": database.name,
    "server.address": hostname,
    "server.port": Number(port),
    "db.response.returned_rows": 1,
  });
});

test("the address of a handle on a socket is its path", async () => {
  const events: QueryEvent[] = [];
  const own = new SQL({ adapter: "postgres", path: "/nowhere/.s.PGSQL.5432", database: "music", max: 1 });
  await failure(
    q(
      traced(own, event => events.push(event)),
      schema,
      expr`select 1`,
    ),
  );
  expect(events[0]!.attributes).toMatchObject({
    "db.namespace": "music",
    "server.address": "/nowhere/.s.PGSQL.5432",
  });
});

test("an error is reported with its SQLSTATE and thrown", async () => {
  const { events, sql } = trace();
  expect(await q(sql, schema, expr`select 1 / 0`).catch(error => error.sqlstate)).toBe("22012");
  expect(events).toHaveLength(1);
  expect(events[0]!.rows).toBeUndefined();
  expect(events[0]!.attributes).toMatchObject({ "error.type": "22012", "db.response.status_code": "22012" });
});

test("transactions, savepoints and their statements are reported", async () => {
  const { events, sql } = trace();
  await transaction(
    sql,
    async tx => {
      await tx`select ${5}::int as five`;
      await transaction(tx, inner => get(inner, schema, "person", 1));
      await transaction(tx, () => {
        throw new RangeError("no");
      }).catch(() => {});
    },
    { isolation: "serializable" },
  );
  await transaction(sql, () => {
    throw new RangeError("no");
  }).catch(() => {});
  // The names of savepoints are those of rowfn or of the driver.
  expect(texts(events).map(text => text.replace(/ s\d+$/, ""))).toEqual([
    "BEGIN isolation level serializable",
    "select $1::int as five",
    "SAVEPOINT",
    'SELECT "id", "email", "note" FROM "public"."person" WHERE "id" = $1::text::int4',
    "RELEASE SAVEPOINT",
    "SAVEPOINT",
    "ROLLBACK TO SAVEPOINT",
    "COMMIT",
    "BEGIN",
    "ROLLBACK",
  ]);
});

test("begin and savepoint of the driver are reported, with a mode, a rollback and a BEGIN that fails", async () => {
  const { events, sql } = trace();
  const fail = (): Promise<never> => Promise.reject(new RangeError("no"));
  await sql.begin("read only", tx => tx`select 1`);
  await sql.begin(fail).catch(() => {});
  await sql.begin(async tx => {
    await tx.savepoint(savepoint => savepoint`select 2`);
    await tx.savepoint("named", fail).catch(() => {});
  });
  await sql.begin("nonsense", () => {}).catch(() => {});
  expect(texts(events)).toEqual([
    ...["BEGIN read only", "select 1", "COMMIT", "BEGIN", "ROLLBACK"],
    ...[
      "BEGIN",
      "SAVEPOINT",
      "select 2",
      "RELEASE SAVEPOINT",
      "SAVEPOINT",
      "ROLLBACK TO SAVEPOINT",
      "COMMIT",
    ],
    "BEGIN nonsense",
  ]);
  expect(events.filter(({ error }) => error !== undefined)).toEqual([events.at(-1)!]);
});

test("the traced handle supports tagged templates, fragments, values, reserved connections and COPY", async () => {
  const { events, sql } = trace();
  const part = sql`where id = ${1}`;
  expect((await sql`select email from person ${part}`.values())[0]).toEqual(["a@x"]);
  expect(await sql`select ${sql("email")} from person`.values()).toEqual([["a@x"]] as never);
  await sql`insert into person ${sql({ id: 2, email: "b@x" })}`;
  const reserved = await sql.reserve();
  expect((await reserved.unsafe("select 1 as one"))[0].one).toBe(1);
  reserved.release();
  const many = Array.from({ length: 2_500 }, (_, index) => ({ id: index + 10, email: `${index}` }));
  expect(await insertMany(sql, schema, "person", many)).toBe(2_500);
  expect(await upsertMany(sql, schema, "person", many)).toBe(2_500);
  const lazy = sql`select 'never sent'`;
  expect(lazy).toBeInstanceOf(Promise);
  expect(await Promise.all([sql`select 1 as a`, sql`select 2 as a`])).toHaveLength(2);
  expect(texts(events)).toContain('COPY "public"."person" ("id", "email") FROM STDIN');
  expect(texts(events)).not.toContain("select 'never sent'");
  expect(sql.options.database).toBe(database.name);
});

test("execute sends a statement without waiting for it, and it is reported once", async () => {
  const { events, sql } = trace();
  const query = sql`select 3 as a`;
  expect(query.execute()).toBe(query);
  await until(() => events.length > 0);
  expect(await query).toEqual([{ a: 3 }] as never);
  expect(texts(events)).toEqual(["select 3 as a"]);
});

test("parameters of secret columns and of raw SQL are hidden", async () => {
  const { events, sql } = trace({ redact: ["person.email"] });
  await insert(sql, schema, "person", { id: 9000, email: "secret" });
  await rowsWhere(sql, schema, "person", { where: { email: "secret", id: 9000 } });
  await insertMany(sql, schema, "person", [{ id: 9001, email: "secret2" }]);
  await q(sql, schema, expr`select ${"secret"}::text`);
  expect(events.map(({ params }) => params)).toEqual([
    ["9000", "[redacted]"],
    ["[redacted]", "9000"],
    ["{9001}", "[redacted]"],
    ["[redacted]"],
  ]);
  const claimed = trace({ redact: ["person.note"] });
  await claim(claimed.sql, schema, "person", { where: { email: "secret" }, set: { note: "secret3" } });
  expect(claimed.events.at(-1)!.params).toEqual(["secret", "[redacted]"]);
  const all = trace({ redact: true });
  await get(all.sql, schema, "person", 1);
  expect(all.events[0]!.params).toEqual(["[redacted]"]);
});

test.each([
  ['"person"."email"', "person"],
  ["public.person.email", "person"],
  ['public."person".email', "person"],
  ["note.body", "vault.note"],
  ['"vault"."note"."body"', "vault.note"],
  ["vault.note.body", "vault.note"],
])("redact accepts %s, quoted and with or without the schema", async (name, table) => {
  const column = table === "person" ? "email" : "body";
  await database.sql`create schema if not exists vault`;
  await database.sql`create table if not exists vault.note (id int primary key, body text unique)`;
  const { events, sql } = trace({ redact: [name] });
  await rowsWhere(sql, await loadSchema(database.sql), table, { where: { id: 9000, [column]: "secret" } });
  expect(events.at(-1)!.params).toEqual(["9000", "[redacted]"]);
});

const errorOf = ({ error }: QueryEvent): unknown => {
  const { message, errno, detail, where, constraint } = error as SQL.PostgresError;
  return { message, errno, detail, where, constraint };
};

test("the error of a redacted event has no values, and that of the call has them in its cause", async () => {
  const { events, sql } = trace({ redact: ["person.email"] });
  await insert(sql, schema, "person", { id: 9100, email: "secret4" });
  const error = await failure(insert(sql, schema, "person", { id: 9101, email: "secret4" }));
  expect(errorOf(events.at(-1)!)).toEqual({
    message: 'duplicate key value violates unique constraint "person_email_key"',
    errno: "23505",
    detail: "",
    where: undefined,
    constraint: "person_email_key",
  });
  expect(error.cause).toMatchObject({ detail: "Key (email)=(secret4) already exists." });
});

test("a redacted event does not quote a value in the message of its error", async () => {
  const { events, sql } = trace({ redact: true });
  await failure(sql`select ${"secret"}::int`);
  expect(errorOf(events[0]!)).toMatchObject({ message: "invalid input syntax for type integer", where: "" });
});

test("the error of an event without redact is that of the driver", async () => {
  const { events, sql } = trace();
  expect(await failure(sql`select 1 / 0`)).toBe(events[0]!.error as Error);
});

test("the statements of a file are reported, also in a transaction, and a file that does not exist", async () => {
  const { events, sql } = trace();
  const path = `${import.meta.dir}/../support/rename-row.sql`;
  await failure(sql.file(path));
  expect(events[0]).toMatchObject({
    text: await Bun.file(path).text(),
    params: [],
    error: { errno: "42P01" },
  });
  await failure(transaction(sql, tx => tx.file(path)));
  expect(texts(events).slice(1)).toEqual(["BEGIN", await Bun.file(path).text(), "ROLLBACK"]);
  expect(await failure(sql.file("none.sql"))).toMatchObject({ code: "ENOENT" });
  expect(events.at(-1)).toMatchObject({ text: "", error: { code: "ENOENT" } });
});
