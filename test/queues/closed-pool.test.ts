import { afterAll, beforeAll, expect, test } from "bun:test";
import * as v from "valibot";
import { loadSchema, type SchemaSnapshot, traced } from "../../src/index.ts";
import { channel, type ListenOptions, watch, watchSql, work } from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";

const TABLES = `
  create table job (id int generated always as identity primary key, status text not null default 'pending');
  create table note (id int primary key, body text);
  create table logged (id int primary key, body text);`;

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({ template: TABLES });
  schema = await loadSchema(database.sql);
  const texts = [...watchSql(schema, "note"), ...watchSql(schema, "logged", { log: true })];
  for (const text of texts) await database.sql.unsafe(text);
});
afterAll(() => database.drop());

const closed = (text: string): Error =>
  expect.objectContaining({
    name: "QueryError",
    message: expect.stringMatching(/^the connection to .* was lost: connection closed\n/),
    text,
  });

type Items = (options: ListenOptions) => AsyncIterable<unknown>;

/** Closes the pool when the loop listens, and returns the loop's error. */
async function errorOfLoop(sql: TestDatabase["sql"], items: Items): Promise<unknown> {
  const listening = Promise.withResolvers<void>();
  const loop = async (): Promise<void> => {
    for await (const _ of items({ onListen: listening.resolve }));
  };
  const ended = failure(loop());
  await listening.promise;
  await sql.close();
  return await ended;
}

test("work on a pool that the caller closes rejects, and does not report a lost connection", async () => {
  const sql = database.connect();
  const lost: unknown[] = [];
  const claimed = Promise.withResolvers<void>();
  const options = {
    poll: 20,
    onStatement: () => claimed.resolve(),
    onLost: (error: unknown) => lost.push(error),
  };
  const ended = failure(work(sql, schema, "job", () => {}, options));
  await claimed.promise;
  await sql.close();
  expect(await ended).toEqual(closed(expect.stringMatching(/^(a new connection|BEGIN)$/)));
  expect(lost).toEqual([]);
});

test("a loop over a channel ends with an error when its pool is closed", async () => {
  const sql = database.connect();
  const error = await errorOfLoop(sql, options => channel(sql, "notes", v.string(), options));
  expect(error).toEqual(closed('LISTEN "notes"'));
});

test("a loop over watch ends with an error when its pool is closed", async () => {
  const sql = database.connect();
  const error = await errorOfLoop(sql, options => watch(sql, schema, "note", options as object));
  expect(error).toEqual(closed('LISTEN "rowfn_watch public.note"'));
});

test("watch with a log ends with an error when its pool is closed", async () => {
  const sql = database.connect();
  const error = await errorOfLoop(sql, options => watch(sql, schema, "logged", options as object));
  expect(error).toEqual(closed('LISTEN "rowfn_watch public.logged"'));
});

test("a traced handle does not report how the loop finds out that its pool is closed", async () => {
  const sql = database.connect();
  const texts: string[] = [];
  const own = traced(sql, ({ text }) => texts.push(text));
  const error = await errorOfLoop(sql, options => channel(own, "traced", v.string(), options));
  expect(error).toEqual(closed('LISTEN "traced"'));
  expect(texts.at(-1)).toBe("SELECT pg_notify($1::text, '')");
});

test("watch does not wait for the server to read a change after its pool was closed", async () => {
  const sql = database.connect();
  const insertTwo = (): unknown => database.sql`insert into note values (1, 'x'), (2, 'y')`.execute();
  const loop = async (): Promise<void> => {
    for await (const _ of watch(sql, schema, "note", { onListen: insertTwo })) await sql.close();
  };
  // What is not an error of LISTEN shows that the change was read.
  expect(await failure(loop())).toEqual(closed(expect.stringMatching(/^SELECT "id" FROM json_to_record/)));
});
