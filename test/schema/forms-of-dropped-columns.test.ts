// A form of a column that no longer exists.
import { expect, test } from "bun:test";
import { assertFresh, loadSchema, SnapshotError } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, plain } = await testTables("create table event (id int primary key, at timestamptz, n int8)");

test("assertFresh lists a column with a form that was dropped, and one whose type has no form any more", async () => {
  const columns = { "event.at": "string", "event.n": "bigint" };
  const stored = await loadSchema(sql, { types: { columns } });
  await assertFresh(sql, stored);
  await plain("alter table event drop at, alter n type int4");
  const error = await failure(assertFresh(sql, stored));
  expect(error).toBeInstanceOf(SnapshotError);
  expect(error.message).toEndWith(
    ":\n  column public.event.at: removed\n  column public.event.n: type bigint → integer",
  );
});
