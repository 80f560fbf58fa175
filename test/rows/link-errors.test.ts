import { expect, test } from "bun:test";
import { link, ScopeError, scope, traced } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table event (id int primary key, tenant int);
   create table ticket (id int8 primary key, tenant int);
   create table event_ticket (event_id int references event, ticket_id int8 references ticket,
     primary key (event_id, ticket_id));
   insert into event values (1, 1);
   insert into ticket values (1, 1), (2, 2)`,
);
const inside = scope(schema, { event: { tenant: 1 }, ticket: { tenant: 1 } });

test.each([
  ["id 2n", 2n],
  ['id "2"', "2"],
  ["id 2", 2],
  ["id 2n", { id: 2n }],
] as const)("link reports a row outside the scope: %s", async (shown, key) => {
  const error = await failure(link(sql, inside, "event", 1, "ticket", [1, key]));
  expect(error).toEqual(
    new ScopeError(
      `ticket: the row with ${shown} does not exist in the snapshot's scope; nothing was written`,
    ),
  );
  expect(await plain("select from event_ticket")).toEqual([]);
});

test("the error of link does not contain a key that the handle hides", async () => {
  const hiding = traced(sql, () => {}, { redact: ["ticket.id"] });
  const error = await failure(link(hiding, inside, "event", 1, "ticket", [2]));
  expect(error.message).toBe(
    "ticket: the row with this id does not exist in the snapshot's scope; nothing was written",
  );
});
