// The events of traced for a COPY, whose data flows before its answer is awaited, and for texts of several statements.
import { expect, test } from "bun:test";
import { exportRows } from "../../src/files/index.ts";
import { type QueryEvent, script, streamRows, traced } from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  "create table item (id int primary key)",
  "truncate item; insert into item select generate_series(1, 30)",
);

function recordingEvents() {
  const events: QueryEvent[] = [];
  return { events, logged: traced(sql, event => void events.push(event)) };
}

test("the event of a COPY begins with its first row, and not when all of them are sent", async () => {
  const { events, logged } = recordingEvents();
  const query = logged`copy item from stdin`;
  const writer = query.writable().getWriter();
  await writer.write("100\n");
  const middle = Date.now();
  await until(() => Date.now() > middle + 1);
  await writer.write("101\n");
  await writer.close();
  await query;
  const [event] = events;
  expect([event!.rows, event!.startedAt <= middle, event!.duration > 1]).toEqual([2, true, true]);
});

test("a COPY that the driver's stream still receives has not been reported, and one that is left is, with its error", async () => {
  const { events, logged } = recordingEvents();
  const query = logged`copy item to stdout`;
  const reader = query.readable().getReader();
  await reader.read();
  expect(events).toEqual([]);
  await reader.cancel();
  await until(() => events.length === 1);
  expect(events[0]).toMatchObject({ text: "copy item to stdout" });
});

test("the event of a COPY to the client, of a script and of a cursor has the number of rows", async () => {
  const { events, logged } = recordingEvents();
  await new Response(exportRows(logged, schema, "item", { format: "csv" })).text();
  await script(logged, "select 1; select 2; update item set id = id where id < 4");
  for await (const _ of streamRows(logged, schema, "item", { batch: 20 }));
  expect(events.map(({ text, rows }) => [/\w+/.exec(text)![0], rows])).toEqual([
    ["COPY", 30],
    ["select", 5],
    ["DECLARE", 20],
    ["FETCH", 10],
    ["COMMIT", 0],
  ]);
});
