// The order of the rows that upsertMany returns, which PostgreSQL stores with other keys than the given ones.
import { expect, test } from "bun:test";
import { loadSchema, upsertMany } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table account (email text primary key, n int);
   create table member (email text primary key, n int) partition by list (email);
   create table member_1 partition of member default;
   create function lower_email() returns trigger language plpgsql as $$
     begin new.email := lower(new.email); return new; end $$;
   create domain amount as numeric(5, 2);
   create table price (amount numeric(5, 2) primary key, n int);
   create table domain_price (amount amount primary key, n int);
   create table place (code varchar(2) primary key, n int);
   create table moment (at time(0) primary key, n int)`,
  `truncate account, member, price, domain_price, place, moment;
   insert into account values ('Z', 0), ('Y', 0); insert into member values ('Z', 0), ('Y', 0)`,
);

const CHANGED: readonly [on: string, table: string][] = [
  ["account", "account"],
  ["member", "member"],
  ["member", "member_1"],
];
for (const [on, table] of CHANGED)
  test(`rows of ${table} come back in input order if a trigger of ${on} changes the key of an existing row`, async () => {
    await sql.unsafe(`create trigger one before update on ${on} for each row execute function lower_email()`);
    const changed = await loadSchema(sql);
    const rows = [
      { email: "Z", n: 1 },
      { email: "Y", n: 2 },
      { email: "X", n: 3 },
    ];
    const stored = await upsertMany(sql, changed, table, rows, { returning: true });
    await sql.unsafe(`drop trigger one on ${on}`);
    expect(stored as unknown).toEqual([
      { email: "z", n: 1 },
      { email: "y", n: 2 },
      { email: "X", n: 3 },
    ]);
  });

const ROUNDED: readonly [table: string, column: string, given: string[], stored: string[]][] = [
  ["price", "amount", ["3.005", "2", "1"], ["3.01", "2.00", "1.00"]],
  ["domain_price", "amount", ["3.005", "2", "1"], ["3.01", "2.00", "1.00"]],
  ["place", "code", ["c   ", "b", "a"], ["c ", "b", "a"]],
  ["moment", "at", ["03:00:00.4", "02:00", "01:00"], ["03:00:00", "02:00:00", "01:00:00"]],
];
test.each(ROUNDED)(
  "without validation, rows of %s come back in input order if PostgreSQL changes their keys",
  async (table, column, given, stored) => {
    const rows = given.map((value, n) => ({ [column]: value, n }));
    const options = { returning: true, validate: false } as const;
    const expected = stored.map((value, n) => ({ [column]: value, n }));
    expect((await upsertMany(sql, schema, table, rows, options)) as unknown).toEqual(expected);
  },
);
