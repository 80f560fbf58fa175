import { afterAll, beforeAll, beforeEach, expect, spyOn, test } from "bun:test";
import { newSink } from "../../src/http/events/event-sink.ts";
import { FIRST_TEXT, HEARTBEAT_TEXT } from "../../src/http/events/event-text.ts";
import { type ChangesOptions, crud, type EventStreamOptions, eventStream } from "../../src/http/index.ts";
import { rowsWhere } from "../../src/index.ts";
import { watch } from "../../src/queues/index.ts";
import { eventReader } from "../support/event-reader.ts";
import { until } from "../support/eventually.ts";
import { type InvoiceService, invoiceService } from "../support/invoice-service.ts";

let service: InvoiceService;
beforeAll(async () => {
  service = await invoiceService();
});
afterAll(() => service.database.drop());
beforeEach(() => service.reset());

const request = (headers: Record<string, string> = {}, signal?: AbortSignal): Request =>
  new Request("http://localhost/invoice?stream", { headers, ...(signal && { signal }) });

const invoices = (options: ChangesOptions) => watch(service.sql, service.schema, "invoice", options);

const listeners = async (): Promise<number> => {
  const [found] = await service.sql`select count(*)::int as n from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'`;
  return found.n;
};

test("the headers and a comment are sent immediately, before any change is known", async () => {
  const never: AsyncIterable<unknown> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
  };
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (given, bun) => eventStream(given, () => never, { server: bun }),
  });
  const response = await fetch(server.url);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(response.headers.get("cache-control")).toBe("no-store");
  const reader = response.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe(": connected\nretry: 1000\n\n");
  await reader.cancel();
});

test("resync is sent after listening is confirmed, so that no change is lost between the state and the changes", async () => {
  const { sql, schema } = service;
  const state = () => rowsWhere(sql, schema, "invoice", { select: ["id"], orderBy: "id" });
  const events = eventReader(eventStream(request(), invoices, { state }));
  const first = await events.next();
  expect(first).toEqual({
    ...{ event: "resync", id: "1" },
    data: { reason: "start", state: [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 100 }] },
  });
  await sql`update invoice set status = 'sent' where id = 1`;
  await sql`delete from invoice where id = 3`;
  expect(await events.next()).toMatchObject({
    ...{ event: "message", id: "2" },
    data: { type: "update", key: { id: 1 }, row: { id: 1, status: "sent", number: "9007199254740993" } },
  });
  expect(await events.next()).toMatchObject({ id: "3", data: { type: "delete", key: { id: 3 } } });
  await events.cancel();
  await until(async () => (await listeners()) === 0);
});

test("a client that reconnects with Last-Event-ID receives resync, and the ids continue", async () => {
  const events = eventReader(eventStream(request({ "last-event-id": "7" }), invoices));
  expect(await events.next()).toEqual({ event: "resync", id: "8", data: { reason: "reconnect" } });
  await events.cancel();
});

test("a lost database connection is a gap, after which changes continue", async () => {
  const events = eventReader(eventStream(request(), invoices));
  await events.next();
  await service.sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'`;
  expect((await events.next()).data).toEqual({ reason: "connection lost" });
  await service.sql`update invoice set status = 'paid' where id = 2`;
  expect((await events.next()).data).toMatchObject({ type: "update", key: { id: 2 } });
  await service.sql`truncate invoice cascade`;
  expect((await events.next()).data).toEqual({ reason: "truncate" });
  await events.cancel();
});

test("a heartbeat keeps the connection open, and the server's idle timeout is disabled", async () => {
  const lifted: number[] = [];
  const server = { timeout: (_: Request, seconds: number) => void lifted.push(seconds) };
  const options: EventStreamOptions = { heartbeat: 1, server };
  const events = eventReader(eventStream(request(), invoices, options));
  await events.next();
  const waiting = events.next();
  await until(() => events.comments.filter(text => text === ":").length >= 3);
  await service.sql`update invoice set status = 'paid' where id = 2`;
  await waiting;
  expect(lifted).toEqual([0]);
  await events.cancel();
  expect(() => eventStream(request(), invoices, { heartbeat: 0 })).toThrow(
    "heartbeat must be a positive number of milliseconds below 2^31, received 0",
  );
});

test("an aborted request ends the changes", async () => {
  const controller = new AbortController();
  const events = eventReader(eventStream(request({}, controller.signal), invoices));
  await events.next();
  controller.abort();
  await expect(events.next()).rejects.toThrow("the stream ended");
  await until(async () => (await listeners()) === 0);
});

test("changes that ignore the signal are closed when the reader has gone, although the next one never comes", async () => {
  const closed = Promise.withResolvers<void>();
  const never: AsyncIterable<unknown> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: async () => {
        closed.resolve();
        return { done: true, value: undefined };
      },
    }),
  };
  const response = await eventStream(request(), () => never);
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  await closed.promise;
});

test("an error of the changes ends the stream, and onError is called", async () => {
  const errors: unknown[] = [];
  const bug = new Error("bug");
  async function* broken(): AsyncGenerator<number, void, undefined> {
    yield 1;
    throw bug;
  }
  const events = eventReader(eventStream(request(), broken(), { onError: error => errors.push(error) }));
  expect((await events.next()).data).toEqual({ reason: "start" });
  expect((await events.next()).data).toEqual(1 as never);
  await expect(events.next()).rejects.toThrow("the stream ended");
  await until(() => errors.length === 1);
  expect(errors).toEqual([bug]);
});

test("without onError the error of the changes is printed", async () => {
  const print = spyOn(console, "error").mockImplementation(() => {});
  const bug = new Error("bug");
  // biome-ignore lint/correctness/useYield: the source fails before its first change
  async function* broken(): AsyncGenerator<number, void, undefined> {
    throw bug;
  }
  const events = eventReader(eventStream(request(), broken()));
  expect((await events.next()).data).toEqual({ reason: "start" });
  await until(() => print.mock.calls.length === 1);
  expect(print.mock.calls).toEqual([[bug]]);
  print.mockRestore();
});

test("a client that does not read stops the changes", async () => {
  let made = 0;
  async function* many(): AsyncGenerator<number, void, undefined> {
    for (;;) yield made++;
  }
  const events = eventReader(eventStream(request(), many()));
  await events.next();
  await until(async () => {
    const before = made;
    await service.sql`select 1`;
    return made === before;
  });
  expect(made).toBeLessThan(200);
  await events.cancel();
});

test("a change that was sent is not kept until the stream ends", async () => {
  const sent: WeakRef<object>[] = [];
  async function* many(): AsyncGenerator<object, void, undefined> {
    for (;;) {
      const change = { number: sent.length };
      sent.push(new WeakRef(change));
      yield change;
    }
  }
  const events = eventReader(eventStream(request(), many()));
  for (let count = 0; count < 1_000; count++) await events.next();
  Bun.gc(true);
  // The collector may take a value on the stack for a reference.
  expect(sent.filter(one => one.deref() !== undefined).length).toBeLessThan(100);
  await events.cancel();
});

test("the stream of a sink can be canceled", async () => {
  const { stream, signal } = newSink(60_000);
  await stream.cancel();
  expect(signal.aborted).toBe(true);
});

test("HEAD returns only the headers of the stream", () => {
  const head = new Request("http://localhost/", { method: "HEAD" });
  const { body, headers } = eventStream(head, invoices);
  expect(body).toBeNull();
  expect(Object.fromEntries(headers)).toEqual({
    "cache-control": "no-store",
    "content-type": "text/event-stream",
    "transfer-encoding": "chunked",
    "x-accel-buffering": "no",
  });
});

test("?stream of crud sends the tenant's changes that match the filter, with the columns that are listed", async () => {
  const { sql } = service;
  const response = await service.send("GET", "/invoice?stream&status=sent");
  const events = eventReader(response);
  expect((await events.next()).data).toEqual({ reason: "start" });
  await sql`update invoice set status = 'sent' where id = 100`;
  await sql`update invoice set status = 'paid' where id = 2`;
  await sql`update invoice set status = 'sent' where id = 1`;
  const { data } = await events.next();
  expect(data).toMatchObject({ type: "update", key: { id: 1 } });
  expect(Object.keys(data["row"] as object)).toEqual([
    ...["id", "number", "customer_id", "status", "due_on", "total", "settings"],
  ]);
  await events.cancel();
  expect((await service.send("GET", "/invoice?stream&limit=1")).status).toBe(400);
  expect((await service.send("GET", "/customer?stream")).status).toBe(400);
  const bytes = await service.send("GET", "/invoice?stream&status=%ff");
  expect([bytes.status, await bytes.text()]).toEqual([400, expect.stringContaining("percent-encoded UTF-8")]);
  const routes = crud(sql, service.schema, { ...service.options, heartbeat: 1 });
  const beating = eventReader(await routes["/invoice"]!(request()));
  await beating.next();
  await beating.cancel();
});

test("a sink that has failed is closed, and stops what writes to it", async () => {
  const sink = newSink(5_000);
  const reason = new Error("lost");
  sink.fail(reason);
  sink.fail(new Error("later"));
  expect([sink.signal.aborted, sink.failure()]).toEqual([true, reason]);
  expect(await new Response(sink.stream).text()).toBe(FIRST_TEXT);
});

test("heartbeats do not accumulate while the reader is slow", async () => {
  const timer = spyOn(globalThis, "setInterval");
  const sink = newSink(5_000);
  const beat = timer.mock.calls[0]![0] as () => void;
  timer.mockRestore();
  for (let count = 0; count < 100; count++) beat();
  sink.close();
  expect(await new Response(sink.stream).text()).toBe(FIRST_TEXT + HEARTBEAT_TEXT.repeat(15));
});
