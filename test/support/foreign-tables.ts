import { afterAll, beforeEach } from "bun:test";
import { declare, loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

/** Foreign tables of postgres_fdw on the same server, whose remote tables are in the schema `remote`. */
export interface ForeignTables {
  readonly database: TestDatabase;
  readonly schema: SchemaSnapshot;
  /** The rows of `remote.person`. */
  readonly stored: () => Promise<unknown[][]>;
}

const ROWS = `
  truncate remote.person, remote.place, remote.event, remote.stay, remote.loose;
  insert into remote.person values (1, 'Ann', 'a@x', 5, 1), (2, 'Ben', null, 6, 2);
  insert into remote.place values ('A', 1, 'Hall'), ('B', 2, 'Lab');
  insert into remote.event values ('2026-01-01 00:00:00.000001Z', 'first');`;

/** A database for the tests of a single file, whose tables have the same rows before each test. */
export async function foreignTables(): Promise<ForeignTables> {
  const database = await testDatabase();
  afterAll(() => database.drop());
  beforeEach(async () => void (await database.sql.unsafe(ROWS)));
  const { sql, url } = database;
  const { hostname, port, username, password } = new URL(url);
  // The remote connection sees only committed data.
  await sql.unsafe(`
    create schema remote;
    create sequence number;
    create table remote.person (id int primary key, name text not null, email text unique, visits int, tenant int);
    create table remote.place (building text, room int, name text, primary key (building, room));
    create table remote.event (at timestamptz primary key, name text);
    create table remote.stay (room int, during int4range, guest text, exclude using gist (during with &&));
    create table remote.loose (id int, name text)`);
  await sql.unsafe(`
    create extension postgres_fdw;
    create server loopback foreign data wrapper postgres_fdw options (dbname '${database.name}', host '${hostname}', port '${port}');
    create user mapping for current_user server loopback options (user '${username}', password '${password}', password_required 'false');
    import foreign schema remote from server loopback into public;
    create view people as select id, name, tenant from person;
    alter foreign table person alter column visits set default 1;`);
  const schema = declare(await loadSchema(sql, { schemas: ["public"] }), {
    person: { primaryKey: ["id"] },
    people: { primaryKey: ["id"] },
    place: { primaryKey: ["building", "room"] },
    event: { primaryKey: ["at"] },
    stay: { primaryKey: ["room"] },
    loose: { primaryKey: ["id"] },
  });
  return {
    database,
    schema,
    stored: async () => [
      ...(await sql`select id, name, email, visits, tenant from remote.person order by id`.values()),
    ],
  };
}
