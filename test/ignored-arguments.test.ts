// Arguments that a function would ignore, or reject later with an error that does not name them, are rejected
// immediately.
import { afterAll, expect, test } from "bun:test";
import * as v from "valibot";
import * as files from "../src/files/index.ts";
import * as http from "../src/http/index.ts";
import * as core from "../src/index.ts";
import * as queues from "../src/queues/index.ts";
import { testDatabase } from "../src/testing/index.ts";
import { callError } from "./support/call-error.ts";
import { CALL_TABLES } from "./support/call-tables.ts";
import { EVERY_CALL } from "./support/every-call.ts";
import { failure } from "./support/failure.ts";

const database = await testDatabase({ template: CALL_TABLES });
afterAll(() => database.drop());
const { sql } = database;
const schema = await core.loadSchema(sql);
const request = (): Request => new Request("http://localhost/");

const withOptions = Object.entries(EVERY_CALL).filter(([, { options }]) => options !== undefined);

for (const [name, { args, options }] of withOptions)
  test(`${name} rejects an option that is hidden or under a symbol`, async () => {
    const given = [...args({ sql, schema })];
    const known = given[options!] as object;
    for (const key of [Symbol("where"), "signal"]) {
      given[options!] = Object.defineProperty({ ...known }, key, { value: undefined, enumerable: false });
      const error = await callError(name, given);
      expect(error).toBeInstanceOf(core.RowfnError);
      expect((error as Error).message).toContain(String(key));
    }
  });

/** Calls, with the message of their error. */
const CALLS: readonly (readonly [name: string, call: () => unknown, message: string])[] = [
  [
    "a column without its table for redact",
    () => core.traced(sql, () => {}, { redact: ["title"] }),
    'redact must be true or an array of names such as "customer.email", received "title"',
  ],
  [
    "a string for redact",
    () => core.traced(sql, () => {}, { redact: "doc.title" as never }),
    "redact must be true or an array",
  ],
  [
    "false for redact",
    () => core.traced(sql, () => {}, { redact: false as never }),
    "redact must be true or",
  ],
  [
    "no valibot schema for channel",
    () => queues.channel(sql, "news", {} as never),
    "the payload of channel must be a valibot schema",
  ],
  [
    "an async valibot schema for refine",
    () => core.refine(schema, { doc: { title: v.pipeAsync(v.string(), v.email()) as never } }),
    "refine: doc.title must be a valibot schema that is not async",
  ],
  [
    "an async valibot schema for insertSchema",
    () =>
      core.insertSchema(schema, "doc", { columns: { title: v.pipeAsync(v.string(), v.email()) as never } }),
    "refine: doc.title must be a valibot schema that is not async",
  ],
  [
    "an async valibot schema for readBody, which accepted every body",
    () =>
      http.readBody(
        new Request("http://localhost", { method: "POST", body: "5" }),
        v.pipeAsync(v.string(), v.email()) as never,
      ),
    "schema must be a valibot schema that is not async",
  ],
  [
    "an async valibot schema for channel",
    () => queues.channel(sql, "news", v.pipeAsync(v.string(), v.email()) as never),
    "the payload of channel must be a valibot schema that is not async",
  ],
  [
    "a limit of channel without room for a notification",
    () => queues.channel(sql, "news", core.insertSchema(schema, "doc"), { limit: 0 }),
    "limit must be a positive integer, received 0",
  ],
  [
    "a limit of watch without room for a notification",
    () => queues.watch(sql, schema, "doc", { limit: 0 }),
    "limit must be a positive integer, received 0",
  ],
  [
    "no rows per round trip of streamRows",
    () => core.streamRows(sql, schema, "doc", { batch: 0 }),
    "batch must be a positive integer, received 0",
  ],
  [
    "a row that is null for formatRows",
    () => files.formatRows([{ a: 1 }, null as never], "csv"),
    "rows[1] must be an object, received null",
  ],
  [
    "a header without a value for respond",
    () => http.respond(request(), [], { headers: { "x-id": undefined as never } }),
    'headers: the value of "x-id" must be a string, received undefined',
  ],
  [
    "a header that HTTP does not know for respond",
    () => http.respond(request(), [], { headers: { "x id": "1" } }),
    "headers: Invalid header name: 'x id'",
  ],
  [
    "a header that is null for problem",
    () => http.problem(new core.NotFoundError("doc"), { headers: { "x-id": null as never } }),
    'headers: the value of "x-id" must be a string, received null',
  ],
  [
    "a heartbeat beyond the limit of a timer",
    () => http.eventStream(request(), async function* () {}, { heartbeat: 2 ** 31 }),
    "heartbeat must be a positive number of milliseconds below 2^31, received 2147483648",
  ],
  [
    "a heartbeat of crud that would be replaced by the default",
    () => http.crud(sql, schema, { tables: { doc: {} }, heartbeat: 0 }),
    "heartbeat must be a positive number of milliseconds below 2^31, received 0",
  ],
  [
    "a server without timeout",
    () => http.eventStream(request(), async function* () {}, { server: {} as never }),
    "server must be a server of Bun.serve, received an object",
  ],
];

test.each(CALLS)("%s is rejected with advice", async (_name, call, message) => {
  const error = await failure(Promise.try(call));
  expect(error).toBeInstanceOf(core.ArgumentError);
  expect(error.message).toContain(message);
});
