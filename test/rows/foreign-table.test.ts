// Foreign tables of postgres_fdw on the same server, with the keys that `declare` adds.
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  declare,
  deleteRow,
  get,
  getMany,
  insert,
  loadSchema,
  page,
  rowsWhere,
  type SchemaSnapshot,
  scope,
  some,
  update,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase();
  const { sql, url } = database;
  const { hostname, port, username, password } = new URL(url);
  // The remote connection sees only committed data.
  await sql.unsafe(`
    create schema remote;
    create table remote.person (id int primary key, name text not null, email text unique);
    create table remote.call (id int primary key, person_id int references remote.person, at timestamptz not null)`);
  await sql.unsafe(`
    create extension postgres_fdw;
    create server loopback foreign data wrapper postgres_fdw options (dbname '${database.name}', host '${hostname}', port '${port}');
    create user mapping for current_user server loopback options (user '${username}', password '${password}', password_required 'false');
    import foreign schema remote from server loopback into public;`);
  schema = declare(await loadSchema(sql, { schemas: ["public"] }), {
    person: { primaryKey: ["id"] },
    call: { primaryKey: ["id"], foreignKeys: { person_id: "person" } },
  });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe(`truncate remote.person, remote.call;
    insert into remote.person values (1, 'Ann', 'a@x'), (2, 'Ben', null);
    insert into remote.call values (1, 1, '2026-01-01 00:00:00.000001Z'), (2, 2, '2026-01-02Z'), (3, 1, '2026-01-01 00:00:00.000002Z')`);
});

test("get, getMany, page, include and relation filters read foreign tables", async () => {
  const { sql } = database;
  expect(await get(sql, schema, "person", 2)).toEqual({ id: 2, name: "Ben", email: null });
  expect((await getMany(sql, schema, "person", [2, 9, 1])).map(row => row?.["name"])).toEqual([
    "Ben",
    undefined,
    "Ann",
  ]);
  const options = { limit: 1, orderBy: ["person.name", "at"], select: ["id"] } as never;
  const ids: unknown[] = [];
  for (let after: string | null = null, at = 0; at < 3; at++) {
    const found = (await page(sql, schema, "call", { ...(options as object), after } as never)) as Awaited<
      ReturnType<typeof page>
    >;
    ids.push(...found.rows);
    after = found.next;
  }
  expect(ids).toEqual([{ id: 1 }, { id: 3 }, { id: 2 }]);
  expect(
    await rowsWhere(sql, schema, "person", {
      where: some("call", { id: 3 }),
      select: ["id"],
      include: { call: { select: ["id"], orderBy: "id", include: { person: { select: ["name"] } } } },
    }),
  ).toEqual([
    {
      id: 1,
      call: [
        { id: 1, person: { name: "Ann" } },
        { id: 3, person: { name: "Ann" } },
      ],
    },
  ] as never);
});

test("rows of foreign tables are inserted, updated and deleted by their key, inside a scope", async () => {
  const { sql } = database;
  expect(await insert(sql, schema, "person", { id: 3, name: "Cy" })).toEqual({
    id: 3,
    name: "Cy",
    email: null,
  });
  expect(await update(sql, schema, "person", { id: 2, name: "Bo" })).toEqual({
    id: 2,
    name: "Bo",
    email: null,
  });
  const mine = scope(schema, { person: { name: "Ann" } });
  expect(await get(sql, mine, "person", 2)).toBeUndefined();
  expect((await failure(deleteRow(sql, mine, "person", 2))).message).toContain("person has no row with id 2");
  await deleteRow(sql, schema, "person", 3);
  expect(await sql`select id, name from remote.person order by id`.values()).toEqual([
    [1, "Ann"],
    [2, "Bo"],
  ]);
});

test("a violated key of the remote table is reported as a ConstraintError", async () => {
  const error = await failure(insert(database.sql, schema, "person", { id: 1, name: "Twice" }));
  expect(error.name).toBe("ConstraintError");
  expect(await database.sql`select name from remote.person where id = 1`.values()).toEqual([["Ann"]]);
});
