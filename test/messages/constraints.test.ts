import { expect, test } from "bun:test";
import {
  type ConstraintError,
  deleteMany,
  deleteRow,
  deleteWhere,
  insert,
  insertMany,
  refine,
  scope,
  traced,
  transaction,
  update,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { expectMessages } from "../support/messages.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create extension if not exists btree_gist;
  create domain positive as int check (value > 0);
  create domain filled as text not null;
  create type measure as (amount positive, unit text);
  create table artist (artist_id int primary key, name text);
  create table album (album_id int primary key, artist_id int references artist, title text not null,
    rating int, unique (artist_id, title), constraint stars check (rating between 1 and 5 and (rating <> 3 or title = 'x')));
  create table invoice (id int primary key, issued_on date, due_on date, tax_rate numeric(4,2) check (tax_rate >= 0 and tax_rate < 1),
    constraint due_after_issue check (due_on >= issued_on));
  create table customer (id int primary key, email text unique);
  create unique index customer_email on customer (lower(email));
  create table person (id int primary key, boss int references person);
  create table pair (a int, b text, primary key (a, b));
  create table pair_part (id int primary key, a int, b text, foreign key (a, b) references pair match full);
  create table later (id int primary key, artist_id int references artist deferrable initially deferred);
  create table strict (id int primary key, artist_id int references artist on delete restrict);
  create table booking (id int primary key, room int, during int4range, exclude using gist (room with =, during with &&));
  create table reading (k int, v int check (v < 3)) partition by list (k);
  create table reading_1 partition of reading for values in (1);
  create view small_artist as select artist_id, name from artist where artist_id < 100 with check option;
  create table part (id int primary key, p positive, ps positive[], m measure, f filled);
  create table tenant_row (tenant_id int, id int, code text, parent int, primary key (tenant_id, id), unique (tenant_id, code),
    foreign key (tenant_id, parent) references tenant_row (tenant_id, id));
  create table raised (id int primary key);
  create function reject() returns trigger language plpgsql as $$ begin raise 'the shop is closed' using errcode = 'check_violation'; end $$;
  create trigger reject before insert on raised for each row execute function reject();`,
  `truncate artist, album, invoice, customer, person, pair, pair_part, later, strict, booking, reading, part, tenant_row;
  insert into artist values (1, 'AC/DC'), (2, 'Queen'), (3, 'Abba');
  insert into album values (1, 1, 'High Voltage', 5);
  insert into strict values (1, 3);
  insert into customer values (1, 'a@b.c');
  insert into person values (1, null), (2, 1);
  insert into pair values (1, 'x'); insert into pair_part values (1, 1, 'x');
  insert into booking values (1, 1, '[1,5)');
  insert into reading values (1, 1);
  insert into tenant_row values (7, 1, 'c', null), (8, 2, 'd', null);`,
);

const tenant = scope(schema, { tenant_row: { tenant_id: 7 } });
const refined = refine(schema, {
  invoice: { constraints: { due_after_issue: "must not be before the invoice's date" } },
  album: { constraints: { stars: "between one and five stars" } },
});
const unchecked = { validate: false };

test("the messages of violated constraints", async () => {
  await expectMessages("constraints", [
    () => insert(sql, schema, "customer", { id: 1, email: "x" }),
    () => insert(sql, schema, "customer", { id: 2, email: "a@b.c" }),
    () => insert(sql, schema, "customer", { id: 2, email: "A@b.c" }),
    () => insert(sql, schema, "pair", { a: 1, b: "x" }),
    () => insertMany(sql, schema, "artist", [{ artist_id: 9 }, { artist_id: 2 }]),
    () => upsert(sql, schema, "album", { album_id: 2, artist_id: 1, title: "High Voltage" }),
    () => insert(sql, schema, "album", { album_id: 2, artist_id: 99, title: "x" }),
    () => upsertMany(sql, schema, "album", [{ album_id: 1, artist_id: 99, title: "x" }]),
    () => insert(sql, schema, "person", { id: 3, boss: 4 }),
    () => insert(sql, schema, "pair_part", { id: 2, a: 1, b: "y" }),
    () => insert(sql, schema, "pair_part", { id: 2, a: 1 }),
    () => deleteRow(sql, schema, "artist", 1),
    () => deleteMany(sql, schema, "artist", [2, 1]),
    () => deleteWhere(sql, schema, "artist", { where: { name: "AC/DC" } }),
    () => deleteRow(sql, schema, "artist", 3),
    () => deleteRow(sql, schema, "person", 1),
    () => deleteRow(sql, schema, "pair", { a: 1, b: "x" }),
    () => insert(sql, schema, "album", { album_id: 2, title: null as never }, unchecked),
    () => update(sql, schema, "album", { album_id: 1, rating: 3 }),
    () => insert(sql, schema, "invoice", { id: 1, tax_rate: 2 }, unchecked),
    () => insert(sql, schema, "invoice", { id: 1, tax_rate: 2 }),
    () => insert(sql, schema, "invoice", { id: 1, issued_on: "2026-02-01", due_on: "2026-01-01" }),
    () => insert(sql, refined, "invoice", { id: 1, issued_on: "2026-02-01", due_on: "2026-01-01" }),
    () => insert(sql, refined, "album", { album_id: 2, title: "t", rating: 3 }),
    () => insert(sql, schema, "booking", { id: 2, room: 1, during: "[2,3)" }),
    () => insert(sql, schema, "reading", { k: 9 }),
    () => insert(sql, schema, "reading", { k: 1, v: 4 }, unchecked),
    () => insert(sql, schema, "reading_1", { k: 9 }),
    () => insert(sql, schema, "small_artist", { artist_id: 200 }),
    () => insert(sql, schema, "part", { id: 1, p: 0, f: "" }, unchecked),
    () => insert(sql, schema, "part", { id: 1, ps: [0], f: "" }, unchecked),
    () => insert(sql, schema, "part", { id: 1, m: { amount: 0, unit: "" }, f: "" }, unchecked),
    () => insert(sql, schema, "part", { id: 1, f: null as never }, unchecked),
    () => insert(sql, tenant, "tenant_row", { id: 1 }),
    () => insert(sql, tenant, "tenant_row", { id: 3, code: "c" }),
    () => insert(sql, tenant, "tenant_row", { id: 3, parent: 2 }),
    () => insert(sql, schema, "raised", { id: 1 }),
    () => insert(sql, schema, "later", { id: 1, artist_id: 99 }),
    () => transaction(sql, tx => insert(tx, schema, "later", { id: 1, artist_id: 99 })),
    () =>
      insertMany(
        sql,
        schema,
        "later",
        (function* () {
          yield { id: 1, artist_id: 99 };
        })(),
      ),
  ]);
});

const fields = async (promise: PromiseLike<unknown>): Promise<Partial<ConstraintError>> => {
  const { kind, table, columns, constraint, references, reason, row } = (await failure(
    promise,
  )) as ConstraintError;
  return { kind, table, columns, constraint, references, reason, row };
};

test("the error of a missing and of a referenced row names both tables and their columns", async () => {
  expect(await fields(insert(sql, schema, "album", { album_id: 2, artist_id: 99, title: "x" }))).toEqual({
    kind: "missing",
    table: "album",
    columns: ["artist_id"],
    constraint: "album_artist_id_fkey",
    references: { table: "artist", columns: ["artist_id"] },
    reason: "no artist has artist_id 99",
    row: undefined,
  });
  expect(await fields(deleteRow(sql, schema, "artist", 1))).toEqual({
    kind: "referenced",
    table: "artist",
    columns: ["artist_id"],
    constraint: "album_artist_id_fkey",
    references: { table: "album", columns: ["artist_id"] },
    reason: "artist 1 is still referenced by album.artist_id",
    row: undefined,
  });
});

test("each kind of constraint has its name", async () => {
  const kinds = [
    insert(sql, schema, "customer", { id: 1 }),
    insert(sql, schema, "album", { album_id: 2, title: null as never }, unchecked),
    insert(sql, schema, "reading", { k: 1, v: 4 }, unchecked),
    insert(sql, schema, "booking", { id: 2, room: 1, during: "[2,3)" }),
    insert(sql, schema, "reading", { k: 9 }),
    insert(sql, schema, "small_artist", { artist_id: 200 }),
    insert(sql, schema, "part", { id: 1, ps: [0], f: "" }, unchecked),
  ].map(async promise => (await fields(promise)).kind);
  expect(await Promise.all(kinds)).toEqual([
    "unique",
    "notNull",
    "check",
    "exclusion",
    "partition",
    "viewCheck",
    "domain",
  ]);
});

test("an issue has the sentence, and a path without the columns of the scope", async () => {
  const error = (await failure(insert(sql, tenant, "tenant_row", { id: 3, code: "c" }))) as ConstraintError;
  expect(error.columns).toEqual(["tenant_id", "code"]);
  expect(error.issues.map(({ path, message }) => [path?.map(({ key }) => key), message])).toEqual([
    [["code"], '"c" is already taken'],
  ]);
});

test("a message of the application replaces the message of the constraint, before sending and after it", async () => {
  const own = refine(schema, { invoice: { constraints: { invoice_tax_rate_check: "between 0 and 1" } } });
  for (const options of [{}, unchecked]) {
    const error = (await failure(
      insert(sql, own, "invoice", { id: 1, tax_rate: 2 }, options),
    )) as ConstraintError;
    expect(error.issues.map(({ message }) => message)).toEqual(["between 0 and 1"]);
  }
});

test("refine rejects a constraint that does not exist", () => {
  expect(() => refine(schema, { invoice: { constraints: { due_after_isue: "x" } } })).toThrow(
    'invoice has no constraint "due_after_isue"; did you mean "due_after_issue"?',
  );
});

test("no message contains a redacted value", async () => {
  const hidden = [true as const, ["customer.email"]];
  for (const redact of hidden) {
    const error = await failure(
      insert(
        traced(sql, () => {}, { redact }),
        schema,
        "customer",
        { id: 2, email: "a@b.c" },
      ),
    );
    expect(error.message).toStartWith("customer.email: the value is already taken [23505");
    expect(error.message).not.toContain("a@b.c");
  }
});

test("no message contains a value that the caller did not send", async () => {
  await sql.unsafe("alter table customer alter email set default 'a@b.c'");
  const error = await failure(insert(sql, schema, "customer", { id: 2 }));
  await sql.unsafe("alter table customer alter email drop default");
  expect(error.message).toStartWith("customer.email: the value is already taken");
});
