// Calls as other libraries have them.
import { test } from "bun:test";
import {
  alias,
  and,
  col,
  deleteWhere,
  eq,
  expr,
  gt,
  insert,
  or,
  q,
  rowsWhere,
  table,
} from "../../src/index.ts";
import { expectMessages } from "../support/messages.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create type state as enum ('new', 'sent');
  create table customer (id int primary key, name text);
  create table invoice (id int primary key, customer_id int references customer, state state, paid int, due int);
  create table tag (id int primary key, name text);
  create table invoice_tag (invoice_id int references invoice, tag_id int references tag, primary key (invoice_id, tag_id));`,
);
const wrong = (value: unknown): never => value as never;

test("the messages of calls as in other libraries", async () => {
  await expectMessages("other-libraries", [
    () => rowsWhere(sql, schema, "invoice", { where: wrong({ id: [1, 2] }) }),
    () => rowsWhere(sql, schema, "invoice", { where: { state: eq(wrong(["new", "sent"])) } }),
    () => rowsWhere(sql, schema, "customer", { where: wrong({ invoice: { some: { id: 1 } } }) }),
    () => rowsWhere(sql, schema, "invoice", { where: wrong({ "customer.name": "Ada" }) }),
    () => rowsWhere(sql, schema, "invoice", { where: wrong({ tag: { name: "a" } }) }),
    () => rowsWhere(sql, schema, "invoice", { where: { paid: gt(wrong(col("invoice", "due"))) } }),
    () => rowsWhere(sql, schema, "invoice", { where: wrong({ paid: table("invoice") }) }),
    () => rowsWhere(sql, schema, "invoice", { where: and(wrong([{ id: 1 }, { paid: 1 }])) }),
    () => rowsWhere(sql, schema, "invoice", { where: or(wrong([{ id: 1 }, { paid: 1 }])) }),
    () => rowsWhere(sql, schema, "invoice", { include: wrong({ tags: true }) }),
    () => rowsWhere(sql, schema, "invoice", { include: wrong({ lines: true }) }),
    () => deleteWhere(sql, schema, "invoice", { where: expr`` }),
    () => rowsWhere(sql, schema, "invoice", { where: and({ id: 1 }, expr` `) }),
    () => rowsWhere(sql, schema, "invoice", { orderBy: expr`` }),
    () => rowsWhere(sql, schema, "invoice", { select: [alias("n", expr``)] }),
    () => insert(sql, schema, "invoice", { id: 1, paid: expr`${expr``}` }),
    () => q(sql, schema, expr``),
  ]);
});
