// Columns that are NOT NULL by their definition and hold NULL nevertheless: a page must not lose such rows.
import { expect, test } from "bun:test";
import { declare, desc, page, type SchemaSnapshot } from "../../src/index.ts";
import { isServer } from "../support/server-version.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create domain given as int not null;
   create table one (id int primary key);
   create table other (id int primary key, n given);
   insert into one values (1), (2), (3), (4);
   insert into other values (2, 20), (4, 40);
   create view joined as select one.id, other.n from one left join other using (id);
   create materialized view kept as select * from joined;
   ${
     isServer(18)
       ? `create table late (id int primary key, n int); insert into late values (1, null), (2, 20), (3, null), (4, 40);
          alter table late add constraint given not null n not valid;
          create table parent (id int primary key, n int constraint given not null no inherit);
          create table heir () inherits (parent);
          insert into parent values (2, 20), (4, 40); insert into heir values (1, null), (3, null)`
       : ""
   }`,
);
const known = declare(schema, {
  joined: { primaryKey: ["id"] },
  kept: { primaryKey: ["id"] },
}) as SchemaSnapshot;

async function idsOf(table: string, orderBy: unknown): Promise<unknown[]> {
  const ids: unknown[] = [];
  let after: string | null = null;
  do {
    const { rows, next }: { rows: readonly unknown[]; next: string | null } = await page(sql, known, table, {
      orderBy: orderBy as never,
      limit: 1,
      ...(after !== null && { after }),
    });
    ids.push(...rows.map(row => (row as { readonly id: number }).id));
    after = next;
  } while (after !== null);
  return ids;
}

const TABLES = ["joined", "kept", ...(isServer(18) ? ["late", "parent"] : [])];

test.each(TABLES)(
  "each row of %s is on one page, NULL last, and in the other direction first",
  async table => {
    expect(await idsOf(table, "n")).toEqual([2, 4, 1, 3]);
    expect(await idsOf(table, desc("n"))).toEqual([3, 1, 4, 2]);
  },
);
