import { test } from "bun:test";
import { exportRows, formatRows, importRows } from "../../src/files/index.ts";
import { expectMessages } from "../support/messages.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table person (id int primary key, name varchar(5) not null, born date, at timestamptz, active boolean,
    pay numeric(6,2) check (pay >= 0), mood text check (mood in ('glad', 'sad')), boss int references person);`,
  "truncate person; insert into person (id, name) values (1, 'Ann')",
);
const csv = (text: string, options: object = {}) =>
  importRows(sql, schema, "person", text, { format: "csv", ...options });
const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `x${index},name\n`).join("");

test("the messages of imports", async () => {
  await expectMessages("files", [
    () => csv("id,name\n2,Bob\nx,Cid\n"),
    () => csv("id,name\n2,Robert\n"),
    () => csv("id,name,at\n2,Bob,soon\n"),
    () => csv("id,name,born\n2,Bob,2026-02-30\n"),
    () => csv("id,name,active\n2,Bob,maybe\n"),
    () => csv("id,name,pay\n2,Bob,1.999\n"),
    () => csv("id,name,pay\n2,Bob,-1\n"),
    () => csv("id,name,mood\n2,Bob,angry\n"),
    () => csv("id,name\n2,\n"),
    () => csv("id,nmae\n2,Bob\n"),
    () => csv("id;name\n2;Bob\n"),
    () => csv("id\tname\n2\tBob\n"),
    () => csv("id,name\n2,Bob,more\n"),
    () => csv('id,name\n2,"Bob\n'),
    () => csv("id,name\r\n2,Bob\n3,Cid,x\r\n"),
    () => csv("id,name\n1,Bob\n"),
    () => csv("id,name,boss\n2,Bob,9\n"),
    () => csv(`id,name\n${lines(25)}`),
    () => csv("id,name\n2,Bob\n", { formt: "csv" }),
    () => importRows(sql, schema, "person", "x", { format: "xml" as never }),
    () => importRows(sql, schema, "persn", "id\n", { format: "csv" }),
    () => importRows(sql, schema, "person", '[{"id": 2, "name": 5}]', { format: "json" }),
    () => importRows(sql, schema, "person", '[{"id": 2', { format: "json" }),
    () => importRows(sql, schema, "person", '{"id": 2, "name": "Bob"}\n{"id": }\n', { format: "ndjson" }),
    () => importRows(sql, schema, "person", '\uFEFF{"id": "x", "name": "Bob"}\n', { format: "ndjson" }),
    () => exportRows(sql, schema, "person", { format: "pdf" as never }),
    () => formatRows([{ a: 1 }], "yaml" as never),
  ]);
});
