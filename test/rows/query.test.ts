// Raw SQL: `q`, `qOne`, `item`, and the error of a statement.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { SQL } from "bun";
import {
  ArgumentError,
  col,
  count,
  expr,
  type Fragment,
  item,
  loadSchema,
  NotFoundError,
  NotUniqueError,
  QueryError,
  q,
  qOne,
  rowsWhere,
  table,
  transaction,
} from "../../src/index.ts";
import { startPostgres, type TestDatabase } from "../../src/testing/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder, recordingHandle } from "../support/recording.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});

afterAll(() => store.database.drop());

const others: TestDatabase[] = [];

afterAll(() => Promise.all(others.map(({ drop }) => drop())));

test("q decodes the rows of raw SQL by their column types", async () => {
  const { sql, schema } = store;
  const { sent, onStatement } = recorder();
  const query = expr`select ${col("customer", "tier")}, count(*) as n, array_agg(country order by customer_id) as countries
    from ${table("customer")} where ${col("customer", "customer_id")} < ${10}::int group by 1 order by 1`;
  const rows = await q(sql, schema, query, { onStatement });
  expect(sent[0]).toEqual({
    text: `select "customer"."tier", count(*) as n, array_agg(country order by customer_id) as countries
    from "public"."customer" where "customer"."customer_id" < $1::text::int group by 1 order by 1`,
    params: ["10"],
  });
  const plain =
    await sql`select tier::text, count(*)::text, array_to_json(array_agg(country order by customer_id))::text
    from customer where customer_id < 10 group by tier order by tier`.values();
  expect(rows).toEqual(
    plain.map(([tier, n, countries]: string[]) => ({ tier, n, countries: JSON.parse(countries!) })),
  );
});

test("qOne returns one row, item returns one value, and both reject any other result", async () => {
  const { sql, schema } = store;
  expect(await qOne(sql, schema, expr`select 1 as a, '2'::int8 as b`)).toEqual({ a: 1, b: "2" });
  expect(await item(sql, schema, expr`select name from ${table("genre")} where genre_id = ${1}`)).toBe(
    "Ambient",
  );
  await expect(qOne(sql, schema, expr`select from ${table("genre")} where false`)).rejects.toThrow(
    NotFoundError,
  );
  await expect(qOne(sql, schema, expr`select 1 as a from ${table("genre")}`)).rejects.toThrow(NotUniqueError);
  await expect(item(sql, schema, expr`select 1 as a, 2 as b`)).rejects.toThrow(
    "query: expected one column, received 2",
  );
  await expect(q(sql, schema, expr`select 1 as a, 2 as a`)).rejects.toThrow(ArgumentError);
});

test("expr also accepts SQL with numbered parameters", async () => {
  const query = expr("select name from genre where genre_id = $2 or name = $1 order by 1", ["Jazz", 1]);
  expect(await q(store.sql, store.schema, query)).toEqual([{ name: "Ambient" }, { name: "Jazz" }]);
});

test("a statement that PostgreSQL rejects is a QueryError with SQLSTATE, text and the caller's stack", async () => {
  const { sql, schema } = store;
  const failures = {
    q: async () => await q(sql, schema, expr`select nothing_like_it`),
    rowsWhere: async () => await rowsWhere(sql, schema, "genre", { where: expr`nothing_like_it` }),
    count: async () => await count(sql, schema, "genre", { where: expr`nothing_like_it` }),
  };
  for (const [name, fail] of Object.entries(failures)) {
    const error = await fail().then(
      () => undefined,
      (thrown: unknown) => thrown as QueryError,
    );
    expect(error).toBeInstanceOf(QueryError);
    expect(error?.sqlstate).toBe("42703");
    expect(error?.text).toContain("nothing_like_it");
    expect(error?.message).toStartWith('column "nothing_like_it" does not exist [42703]');
    expect([name, error?.stack]).toEqual([name, expect.stringContaining("query.test.ts")]);
  }
});

test("a value of a type that is not in the snapshot is in text format", async () => {
  await store.sql.unsafe("create type late as enum ('x'); create type late_pair as (a int, b late)");
  const found = await q(
    store.sql,
    store.schema,
    expr`select 'x'::late as a, row(1, 'x')::late_pair as b, null::late as c, array['x']::late[] as d`,
  );
  expect(found).toEqual([{ a: "x", b: "(1,x)", c: null, d: "{x}" }]);
});

test("values of user-defined types are decoded as in the snapshot; without a row no type is looked up", async () => {
  const { sql } = store;
  await sql.unsafe("create table offer (id int primary key, tiers customer_tier[])");
  await sql.unsafe("insert into offer values (1, '{free,NULL}')");
  const schema = await loadSchema(sql);
  const sent: string[] = [];
  const offer = (id: number): Promise<unknown[]> =>
    q(recordingHandle(sql, sent), schema, expr`select tiers from offer where id = ${id}`);
  expect(await offer(2)).toEqual([]);
  expect(sent).toEqual(["select tiers from offer where id = $1"]);
  expect(await offer(1)).toEqual([{ tiers: ["free", null] }]);
  expect(sent).toHaveLength(3);
});

test("a value of the first type that was created on a server is decoded as in the snapshot", async () => {
  const server = await startPostgres();
  const sql = new SQL(server.url, { max: 1 });
  await sql.unsafe("create type mood as enum ('ok'); create table log (moods mood[] default '{ok}')");
  await sql.unsafe("insert into log default values");
  expect(await sql`select 'mood[]'::regtype::oid::int4`.values()).toEqual([[16384]] as never);
  expect(await q(sql, await loadSchema(sql), expr`select moods from log`)).toEqual([{ moods: ["ok"] }]);
  await sql.close();
  await server.stop();
});

test("the error for two columns with the same name says that a write outside a transaction has been committed", async () => {
  const { database } = await musicStore();
  others.push(database);
  const { sql } = database;
  const schema = await loadSchema(sql);
  const insert = (id: number): Fragment =>
    expr`insert into genre (genre_id, name) values (${id}, 'Twice' || ${id}::int) returning genre_id as id, name as id`;
  const message = "query: two columns are named id; rename one with AS";
  const inside = transaction(sql, tx => q(tx, schema, insert(91)));
  expect(await inside.catch(String)).toBe(`ArgumentError: ${message}`);
  expect(await q(sql, schema, insert(92)).catch(String)).toBe(
    `ArgumentError: ${message}; the INSERT has been committed`,
  );
  expect([...(await sql.unsafe("select genre_id from genre where genre_id > 90").values())]).toEqual([[92]]);
});
