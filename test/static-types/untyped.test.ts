// A snapshot without known tables: of type `any`, or loaded at run time.
import { expect, test } from "bun:test";
import { compile } from "../support/compile.ts";

const PROGRAM = `
import { count, deleteWhere, get, groupBy, insert, insertMany, page, rowsWhere, type SchemaSnapshot, type SqlHandle, scope, update, upsert } from "rowfn";
import { createTable, renameTable } from "rowfn/ddl";
declare const sql: SqlHandle;
declare const untyped: any;
declare const anyTables: SchemaSnapshot<any>;
declare const loaded: SchemaSnapshot;
declare const unknownTables: SchemaSnapshot<unknown>;

export async function read(): Promise<unknown[]> {
  const options = { where: { a: 1 }, orderBy: "a", select: ["a"], include: { line: true } } as const;
  const rows = await rowsWhere(sql, untyped, "doc", options);
  return [
    rows[0]?.["a"],
    await rowsWhere(sql, anyTables, "doc", options),
    await rowsWhere(sql, loaded, "doc", options),
    await rowsWhere(sql, unknownTables, "doc", options),
    await get(sql, untyped, "doc", 1),
    await count(sql, untyped, "doc", { where: { a: 1 } }),
    await page(sql, untyped, "doc", { limit: 1, orderBy: "a" }),
    await groupBy(sql, untyped, "doc", "a", { aggregates: { n: { sum: "b" } } }),
  ];
}

export async function write(): Promise<unknown[]> {
  return [
    await insert(sql, untyped, "doc", { a: 1 }, { returning: ["a"] }),
    await insertMany(sql, untyped, "doc", [{ a: 1 }]),
    await update(sql, untyped, "doc", { id: 1, a: 2 }),
    await upsert(sql, untyped, "doc", { a: 1 }, { key: ["a"] }),
    await deleteWhere(sql, untyped, "doc", { where: { a: 1 } }),
    scope(untyped, { doc: { tenant: 1 } }),
    await createTable(sql, untyped, "more", { a: "text" }),
    await renameTable(sql, untyped, "doc", "document"),
  ];
}
`;

test("every table name and column compiles", async () => {
  const { tsc, bunCheck } = await compile({ "untyped.ts": PROGRAM });
  expect([tsc, bunCheck]).toEqual([[], []]);
});
