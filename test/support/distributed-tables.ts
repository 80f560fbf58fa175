// The tables of tenants in a cluster, and their rows.
import { declare, loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

export interface DistributedTables {
  readonly database: TestDatabase;
  /** Without distributions. */
  readonly plainSchema: SchemaSnapshot;
  readonly schema: SchemaSnapshot;
}

export async function distributedTables(): Promise<DistributedTables> {
  const database = await testDatabase({
    template: `
      create table country (code text primary key);
      create table tenant (id int primary key, name text);
      create table invoice (tenant_id int references tenant, id int, total int, country text references country, primary key (tenant_id, id));
      create table note (id int primary key, tenant_id int not null, invoice_id int, text text, code text unique, unique (tenant_id, text));
      create table seen (note_id int references note, tag_id int, tenant_id int, primary key (note_id, tag_id));
      create table tag (id int primary key, tenant_id int, word text);
      create table job (id int primary key, tenant_id int not null, status text not null default 'pending');
      create table part (id int, tenant_id int) partition by list (id);
      create table part_1 partition of part for values in (1);`,
  });
  const plainSchema = await loadSchema(database.sql);
  const withTenant = { column: "tenant_id", colocatedWith: "tenant" };
  const schema = declare(plainSchema, {
    country: { distribution: "reference" },
    tenant: { distribution: { column: "id" } },
    invoice: { distribution: withTenant },
    note: {
      distribution: { column: "tenant_id", colocatedWith: "invoice" },
      foreignKeys: { invoice: { columns: ["invoice_id"], references: "invoice", to: ["id"] } },
    },
    seen: { distribution: withTenant, foreignKeys: { tag_id: "tag" } },
    tag: { distribution: withTenant },
    job: { distribution: { column: "tenant_id" } },
    part: { primaryKey: ["id"], distribution: withTenant },
  });
  await database.sql.unsafe(`
    insert into country values ('FI'); insert into tenant values (1, 'one'), (2, 'two');
    insert into invoice values (1, 1, 10, 'FI'), (2, 1, 20, 'FI');
    insert into note values (5, 1, 1, 'a'), (6, 2, 1, 'b'); insert into job values (1, 7);`);
  return { database, plainSchema, schema };
}
