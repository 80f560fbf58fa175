// Two tenants write concurrently to the same database with the same keys.
import { expect, test } from "bun:test";
import * as rowfn from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(
  "create table note (id int primary key, tenant_id int not null, title text unique, stars int not null default 0)",
);

test("two tenants that write the same keys never see or change each other's rows", async () => {
  const schemas = [1, 2].map(tenant_id => rowfn.scope(schema, { note: { tenant_id } }));
  const seen = { written: 0, rejected: 0, leaked: 0 };
  const work = async (schema: rowfn.SchemaSnapshot, tenant: number): Promise<void> => {
    for (let attempt = 0; attempt < 500; attempt++) {
      const id = Math.floor(Math.random() * 6);
      const rows = await attempts(database.sql, schema, id, tenant).catch(error => {
        const isExpected = error instanceof rowfn.ScopeError || error instanceof rowfn.NotFoundError;
        if (!isExpected && !(error instanceof rowfn.ConstraintError)) throw error;
        seen.rejected++;
        return [];
      });
      for (const row of rows) {
        seen.written++;
        if (row["tenant_id"] !== tenant || row["title"] !== `${tenant}-${row["id"]}`) seen.leaked++;
      }
    }
  };
  await Promise.all(schemas.flatMap((schema, index) => [1, 2, 3, 4].map(() => work(schema, index + 1))));
  expect(seen.leaked).toBe(0);
  expect(Math.min(seen.written, seen.rejected)).toBeGreaterThan(100);
  expect(await database.sql.unsafe("select * from note where title <> tenant_id || '-' || id")).toHaveLength(
    0,
  );
});

async function attempts(
  sql: TestDatabase["sql"],
  schema: rowfn.SchemaSnapshot,
  id: number,
  tenant: number,
): Promise<readonly Record<string, unknown>[]> {
  const row = { id, title: `${tenant}-${id}`, stars: tenant };
  const found = (one: Record<string, unknown> | undefined): Record<string, unknown>[] => (one ? [one] : []);
  switch (Math.floor(Math.random() * 9)) {
    case 0:
      return found(await rowfn.upsert(sql, schema, "note", row));
    case 1:
      return rowfn.upsertMany(
        sql,
        schema,
        "note",
        [row, { ...row, id: (id + 1) % 6, title: `${tenant}-${(id + 1) % 6}` }],
        {
          returning: true,
        },
      );
    case 2:
      return found(await rowfn.update(sql, schema, "note", row));
    case 3:
      return (await rowfn.updateMany(sql, schema, "note", [row], { returning: true })).updated;
    case 4:
      return found(await rowfn.lookup(sql, schema, "note", row));
    case 5:
      return rowfn.deleteWhere(sql, schema, "note", { where: { id }, returning: true });
    case 6:
      return found(await rowfn.insert(sql, schema, "note", row));
    case 7:
      return found(await rowfn.upsert(sql, schema, "note", row, { update: "changed" }));
    default:
      return rowfn.rowsWhere(sql, schema, "note");
  }
}
