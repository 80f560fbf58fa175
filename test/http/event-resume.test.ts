import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { watchSql } from "../../src/queues/index.ts";
import { eventReader } from "../support/event-reader.ts";
import { until } from "../support/eventually.ts";
import { type InvoiceService, invoiceService } from "../support/invoice-service.ts";

let service: InvoiceService;
let routes: ReturnType<typeof crud>;
beforeAll(async () => {
  service = await invoiceService();
  const { sql, schema, options } = service;
  for (const text of watchSql(schema, "invoice", { log: true })) await sql.unsafe(text);
  routes = crud(sql, schema, { ...options, heartbeat: 1 });
});
afterAll(() => service.database.drop());
beforeEach(() => service.reset());

async function open(last?: string): Promise<ReturnType<typeof eventReader>> {
  const headers: Record<string, string> = last === undefined ? {} : { "last-event-id": last };
  return eventReader(await routes["/invoice"]!(new Request("http://localhost/invoice?stream", { headers })));
}

test("a client that reconnects receives the missed changes and no resync", async () => {
  const { sql } = service;
  const first = await open();
  const start = await first.next();
  expect(start.data).toEqual({ reason: "start" });
  await first.cancel();
  await sql`update invoice set status = 'sent' where id = 1`;
  const second = await open(start.id);
  const missed = await second.next();
  expect(missed).toMatchObject({ event: "message", data: { type: "update", key: { id: 1 } } });
  expect(missed.data["position"]).toBe(missed.id);
  await second.cancel();
  await sql`delete from invoice where id = 3`;
  const third = await open(missed.id);
  expect((await third.next()).data).toMatchObject({ type: "delete", key: { id: 3 } });
  await third.cancel();
});

test("changes of another tenant advance the last event id without an event", async () => {
  const events = await open();
  await events.next();
  const waiting = events.next();
  await service.sql`update invoice set status = 'sent' where id = 100`;
  const lastId = (): string | undefined => events.comments.findLast(text => /^id: \d+\.\d+$/.test(text));
  await until(() => lastId() !== undefined);
  await service.sql`update invoice set status = 'paid' where id = 1`;
  await waiting;
  await events.cancel();
  const resumed = await open(lastId()!.slice(4));
  expect((await resumed.next()).data).toMatchObject({ type: "update", key: { id: 1 } });
  await resumed.cancel();
});

test("a client whose last event id is not in the log receives resync", async () => {
  // The last position is one of a server whose transactions a restored backup does not have.
  for (const id of ["7", "1.1", "x", "1:0:", "4000000000:4000000000:"]) {
    const events = await open(id);
    expect((await events.next()).data).toEqual({ reason: "reconnect" });
    await events.cancel();
  }
});
