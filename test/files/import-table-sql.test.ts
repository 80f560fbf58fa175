import { expect, test } from "bun:test";
import { importTableSql } from "../../src/files/index.ts";
import { UnknownNameError } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { schema } = await testTables("create table note (id int primary key, title text)");
const text = "id\n1\n";

test("no statement is needed for a file whose columns already exist", async () => {
  for (const options of [{}, { alter: true }, { create: true }])
    expect(await importTableSql(schema, "note", text, { format: "csv", ...options })).toEqual([]);
});

test("an unknown table is rejected unless create is given", async () => {
  for (const options of [{}, { alter: true }, { create: false }]) {
    const error = await failure(importTableSql(schema, "nota", text, { format: "csv", ...options }));
    expect(error).toBeInstanceOf(UnknownNameError);
    expect(error.message).toContain('did you mean "note"?');
  }
});
