// An upsert inside a scope that changes one column of a foreign key cannot refer to a row outside by the others, which it leaves.
import { expect, test } from "bun:test";
import { insert, ScopeError, scope, upsert, upsertMany } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table party (no int, kind text, tenant int not null, primary key (no, kind));
  create table bill (id int primary key, tenant int not null, no int, kind text not null default 'a', note text,
    foreign key (no, kind) references party);
  create table open_bill (id int primary key, no int, kind text not null default 'a', foreign key (no, kind) references party)`,
  `truncate party cascade; insert into party values (1, 'a', 1), (2, 'b', 1), (2, 'a', 2), (3, 'a', 1), (3, 'b', 2)`,
);
const mine = scope(schema, { "*": { tenant: 1 } }, { open: ["open_bill"] });
const stored = () => plain("select no, kind from bill where id = 1");
const many = (count: number): { id: number; no: number; kind: string }[] =>
  Array.from({ length: count }, (_, at) => ({ id: at + 1, no: 2, kind: "b" }));

test.each<[string, () => Promise<unknown>]>([
  ["upsert", () => upsert(sql, mine, "bill", { id: 1, no: 2, kind: "b" }, { update: ["no"] })],
  ["upsertMany", () => upsertMany(sql, mine, "bill", many(3), { update: ["no"] })],
  ["upsertMany by a staging table", () => upsertMany(sql, mine, "bill", many(2_500), { update: ["no"] })],
])("%s with a list of columns", async (_, write) => {
  await insert(sql, mine, "bill", { id: 1, no: 1 });
  expect(await failure(write())).toBeInstanceOf(ScopeError);
  expect(await stored()).toEqual([[1, "a"]]);
});

test("upsert of a row without a column of the foreign key, which the existing row keeps", async () => {
  await insert(sql, mine, "bill", { id: 1, no: 2, kind: "b" });
  expect(await failure(upsert(sql, mine, "bill", { id: 1, no: 3 }))).toBeInstanceOf(ScopeError);
  expect(await stored()).toEqual([[2, "b"]]);
});

test("upserts within the scope are stored, by cached texts too", async () => {
  await insert(sql, mine, "bill", { id: 1, no: 1 });
  for (const no of [3, 1, 3]) {
    await upsert(sql, mine, "bill", { id: 1, no });
    expect(await stored()).toEqual([[no, "a"]]);
  }
  await upsert(sql, mine, "bill", { id: 1, no: 2, kind: "b" });
  expect(await stored()).toEqual([[2, "b"]]);
  await upsert(sql, mine, "bill", { id: 1, no: 3, kind: "a", note: "x" }, { update: ["note"] });
  expect(await stored()).toEqual([[2, "b"]]);
});

test("a table without a rule is checked too", async () => {
  const some = scope(schema, { party: { tenant: 1 } });
  for (const [no, update] of [
    [1, ["no"]],
    [3, ["no"]],
    [1, ["kind"]],
  ] as const) {
    await upsert(sql, some, "open_bill", { id: 1, no, kind: "a" }, { update });
    expect(await plain("select kind from open_bill")).toEqual([["a"]]);
  }
  expect(await plain("select no from open_bill")).toEqual([[3]]);
  const write = upsert(sql, some, "open_bill", { id: 1, no: 2, kind: "b" }, { update: ["no"] });
  expect(await failure(write)).toBeInstanceOf(ScopeError);
  await upsert(sql, schema, "open_bill", { id: 1, no: 2, kind: "b" }, { update: ["no"] });
  expect(await plain("select no, kind from open_bill")).toEqual([[2, "a"]]);
});
