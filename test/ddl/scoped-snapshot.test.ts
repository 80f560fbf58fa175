import { beforeEach, expect, test } from "bun:test";
import * as ddl from "../../src/ddl/index.ts";
import { RowfnError, type SchemaSnapshot, ScopeError, scope, unscoped } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { freshTables } from "../support/fresh-tables.ts";

const START = `
  drop schema if exists public cascade; create schema public;
  create table note (id int primary key, tenant_id int not null);`;

const { renew } = freshTables(START);
let database: TestDatabase;
let mine: SchemaSnapshot;

beforeEach(async () => {
  const { database: fresh, schema } = await renew();
  database = fresh;
  mine = scope(schema, { note: { tenant_id: 1 } });
});

type Change = (sql: TestDatabase["sql"], schema: SchemaSnapshot, ...rest: unknown[]) => Promise<unknown>;

const FUNCTIONS = new Map<string, unknown>(Object.entries(ddl));
const CHANGES = [...FUNCTIONS].filter(([name]) => FUNCTIONS.has(`${name}Sql`));

test("every function that has an SQL builder changes the database", () => {
  const names = CHANGES.map(([name]) => name);
  expect(names).toContain("createTable");
  expect(names).toContain("createPartitions");
});

for (const [name, change] of CHANGES)
  test(`${name} rejects a scoped snapshot before it validates its other arguments`, async () => {
    await expect((change as Change)(database.sql, mine, "nowhere")).rejects.toThrow(ScopeError);
  });

for (const [name, change] of CHANGES)
  test(`${name} returns a rejected promise for invalid arguments and does not throw`, async () => {
    const promise = (change as Change)(database.sql, unscoped(mine), "no such.name", "nowhere", "nothing");
    await expect(promise).rejects.toThrow(RowfnError);
  });
