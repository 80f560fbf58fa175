import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { SQL } from "bun";
import { type Migration, type MigrationError, migrate } from "../../src/ddl/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { startTripCounter } from "../support/trip-counter.ts";

let database: TestDatabase;
let sql: TestDatabase["sql"];

beforeAll(async () => {
  database = await testDatabase();
  ({ sql } = database);
});
afterAll(() => database.drop());
beforeEach(async () => void (await sql.unsafe("drop schema public cascade; create schema public")));

async function failure(...migrations: Migration[]): Promise<MigrationError> {
  return await migrate(sql, migrations).then(
    () => {
      throw new Error("expected a failure");
    },
    error => error,
  );
}

/** The tables and the names in the log. */
async function state(): Promise<string[]> {
  const tables = await sql`select relname::text as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'rowfn_migration' order by 1`;
  const [log] = await sql`select to_regclass('public.rowfn_migration') is not null as exists`;
  const names = log.exists ? await sql`select name from rowfn_migration order by position` : [];
  return [...tables, ...names].map(({ name }) => name);
}

/** The locks that count statements. */
async function counts(): Promise<unknown[]> {
  return [
    ...(await sql`select from pg_locks where locktype = 'advisory' and classid = 1919907686
      and database = (select oid from pg_database where datname = current_database())`),
  ];
}

test("a table with the name stdin can be read", async () => {
  const up = "create table stdin (a int); create table copied as select a from stdin";
  await migrate(sql, [{ name: "first", up }]);
  expect(await state()).toEqual(["copied", "stdin", "first"]);
});

describe("rejected before it runs, with its position:", () => {
  test.each<[string, string]>([
    ["create table c1(id int); rollback; create table c2(id int);", "ROLLBACK"],
    ["create table c3(id int); commit; create table c4(id int); select 1/0;", "COMMIT"],
    ["create table c5(id int);\nend;", "END"],
    ["begin;", "BEGIN"],
    ["BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE", "BEGIN"],
    ["begin work read only, deferrable", "BEGIN"],
    ["start transaction read write", "START TRANSACTION"],
    ["/* a */ -- b\n Start /* c */ Transaction", "START TRANSACTION"],
    ["commit work and chain", "COMMIT"],
    ["commit prepared 'x'", "COMMIT"],
    ["end transaction and no chain", "END"],
    ["abort", "ABORT"],
    ["rollback and chain", "ROLLBACK"],
    ["rollback transaction", "ROLLBACK"],
    ["rollback prepared 'x'", "ROLLBACK"],
    ["prepare transaction 'x'", "PREPARE TRANSACTION"],
    ["do $$ begin perform 1; end $$ ; commit", "COMMIT"],
  ])("%p", async (up, command) => {
    const error = await failure({ name: "first", up: "create table t ()" }, { name: "bad", up });
    expect(error.name).toBe("MigrationError");
    expect(error.migration).toBe("bad");
    expect(error.message).toStartWith(`migration bad contains ${command}, but runs in its own transaction; `);
    expect(error.line).toBeGreaterThan(0);
    expect(await state()).toEqual([]);
  });
});

test.each<[string, string]>([
  ["a procedure", "create procedure p() language plpgsql as $$ begin\ncommit;\nrollback;\nend; $$"],
  ["a SQL body", "create function f() returns int language sql\nbegin atomic\nselect 1;\nend;"],
  ["a string", "select '\ncommit;\n'"],
  ["a comment", "/*\ncommit;\n*/ select 1 -- ; rollback;"],
  ["a quoted name", 'create table t (a int, "\ncommit;" int)'],
  ["a savepoint", "savepoint a; create table t (); rollback to a; rollback work to savepoint a; release a"],
  ["SET TRANSACTION", "-- first\nset transaction isolation level serializable; select 1"],
  ["SET TRANSACTION alone", "set transaction isolation level serializable"],
  ["a prepared statement", "prepare transaction as select 1; deallocate transaction"],
  ["RESET ALL", "reset all; set constraints all deferred"],
])("%s is not rejected by mistake", async (name, up) => {
  expect((await migrate(sql, [{ name, up }])).applied).toEqual([name]);
});

test.each(["commit", "rollback", "commit; begin", "rollback; begin", "rollback; begin; select 1"])(
  "a function that sends %p is not recorded",
  async text => {
    const up = async (tx: Bun.SQL): Promise<void> => {
      await tx.unsafe("create table t ()");
      for (const part of text.split("; ")) await tx.unsafe(part);
    };
    expect((await failure({ name: "bad", up })).message).toBe(
      "migration bad has ended its transaction itself and is not recorded, but some of its changes may be committed: remove BEGIN, COMMIT and ROLLBACK from it",
    );
    expect(await state()).toEqual(text.startsWith("commit") ? ["t"] : []);
  },
);

test("a function that commits and then fails is not reported as rolled back", async () => {
  const up = async (tx: Bun.SQL): Promise<void> => {
    await tx.unsafe("create table t ()");
    await tx.unsafe("commit");
    await tx.unsafe("begin");
    await tx.unsafe("select 1 / 0");
  };
  expect((await failure({ name: "bad", up })).message).toStartWith(
    "migration bad has ended its transaction itself and is not recorded, but some of its changes may be committed: division by zero",
  );
  expect(await state()).toEqual(["t"]);
});

test("a migration that fails at commit is rolled back", async () => {
  const up = `create table a (id int primary key);
    create table b (a int references a deferrable initially deferred);
    insert into b values (1)`;
  expect((await failure({ name: "bad", up })).message).toStartWith(
    'migration bad could not be committed: insert or update on table "b" violates foreign key constraint',
  );
  expect(await state()).toEqual([]);
});

test("a migration whose connection is lost during COMMIT may be committed", async () => {
  const up = `create table a ();
    create function cut() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
    create constraint trigger cut after insert on rowfn_migration initially deferred for each row execute function cut()`;
  const error = await failure({ name: "lost", up });
  expect(error.name).toBe("MigrationError");
  expect(error.message).toStartWith(
    "migration lost was either committed and recorded or rolled back, because the connection was lost during COMMIT: ",
  );
  expect(await state()).toEqual([]);
});

describe("without a transaction", () => {
  test("a migration that has run and cannot be recorded says so", async () => {
    const error = await failure({ name: "own", up: "drop table rowfn_migration", transaction: false });
    expect(error.name).toBe("MigrationError");
    expect(error.message).toStartWith(
      'migration own has run, but the log could not be changed: relation "public.rowfn_migration" does not exist',
    );
  });

  test("SQL text may contain its own transactions, and a failure reports the statements that had run", async () => {
    const up = "begin; create table a (); commit; begin; create table b ();\nselect 1 / 0; commit";
    const error = await failure({ name: "own", up, transaction: false });
    expect(error.message).toBe(
      "migration own failed at statement 6, statements 1 to 5 had run; its open transaction was rolled back: division by zero [22012]\n  own:2:1\n  | select 1 / 0; commit\n  | ^",
    );
    expect(await state()).toEqual(["a"]);
  });

  test("a migration that leaves a transaction open is rolled back and not recorded", async () => {
    const message = "migration open left a transaction open, which was rolled back: add COMMIT";
    const text = { name: "open", up: "begin; create table a ()", transaction: false };
    expect((await failure(text)).message).toBe(message);
    const up = async (own: Bun.SQL): Promise<void> => {
      await own.unsafe("begin");
      await own.unsafe("create table a ()");
    };
    expect((await failure({ name: "open", up, transaction: false })).message).toBe(message);
    expect(await state()).toEqual([]);
  });
});

describe("the error of a statement has its position:", () => {
  test.each<[string, string, string, [number, number]]>([
    [
      "a syntax error",
      "select 1;\n\n  create tabel t ();",
      "  bad:3:10\n  |   create tabel t ();\n  |          ^",
      [3, 10],
    ],
    [
      "a missing column",
      "select 'é😀', x",
      `  bad:1:14\n  | select 'é😀', x\n  | ${" ".repeat(14)}^`,
      [1, 14],
    ],
    [
      "a failure while it runs",
      "select 1;\r\n\tselect 1 / 0;\r\n",
      "  bad:2:2\n  |  select 1 / 0;\n  |  ^",
      [2, 2],
    ],
    [
      "a long line",
      `select ${"1, ".repeat(60)}x`,
      `  bad:1:188\n  | ${" 1,".repeat(13)} x\n  | ${" ".repeat(40)}^`,
      [1, 188],
    ],
    [
      "a line of 100 characters, and one of 101",
      `select '${"x".repeat(59)}', missing, '${"y".repeat(17)}'`,
      `  bad:1:71\n  | select '${"x".repeat(59)}', missing, '${"y".repeat(17)}'\n  | ${" ".repeat(70)}^`,
      [1, 71],
    ],
    [
      "an early column of a long line",
      `select missing, '${"y".repeat(200)}'`,
      `  bad:1:8\n  | select missing, '${"y".repeat(83)}\n  | ${" ".repeat(7)}^`,
      [1, 8],
    ],
    [
      "a failure without a position, after other statements",
      "create table a ();\n-- é😀\ncreate table b (); -- why\n  create table a (); create table c ()",
      `  bad:4:3\n  |   create table a (); create table c ()\n  |   ^`,
      [4, 3],
    ],
    [
      "a failure without a position of the first statement",
      "create table pg_catalog.pg_class ();\nselect 1; select 2",
      `  bad:1:1\n  | create table pg_catalog.pg_class ();\n  | ^`,
      [1, 1],
    ],
    [
      "a failure in a long text",
      `${`select '${"😀".repeat(700_000)}';\n`.repeat(2)}select 1 / 0`,
      "  bad:3:1\n  | select 1 / 0\n  | ^",
      [3, 1],
    ],
    [
      "a missing column after a long text",
      `select '${"x".repeat(1_200_000)}'; select 1;\nselect 'é😀', x`,
      `  bad:2:14\n  | select 'é😀', x\n  | ${" ".repeat(14)}^`,
      [2, 14],
    ],
  ])("%s", async (_, up, shown, [line, column]) => {
    const error = await failure({ name: "bad", up });
    expect(error.message.slice(error.message.indexOf("\n") + 1)).toBe(shown);
    expect([error.line, error.column]).toEqual([line, column]);
    expect(await counts()).toEqual([]);
  });
});

test("the statements of a migration are one round trip, and no statement counter remains", async () => {
  const counter = await startTripCounter(database.url);
  const own = new SQL(counter.url, { max: 1, prepare: sql.options.prepare });
  try {
    const names = Array.from({ length: 20 }, (_, index) => `t${index}`);
    const zero: Migration = { name: "0", up: "select 1" };
    const one: Migration = { name: "1", up: "create table one ()" };
    const many: Migration = {
      name: "2",
      up: names.map(name => `create table ${name} (); -- ${name}\n`).join(""),
    };
    await migrate(own, [zero]);
    const trips = await counter.tripsOf(() => migrate(own, [zero, one]));
    expect(await counter.tripsOf(() => migrate(own, [zero, one, many]))).toBe(trips);
    expect(await state()).toEqual(["one", ...names.sort(), "0", "1", "2"]);
    expect(await counts()).toEqual([]);
  } finally {
    await own.close();
    counter.close();
  }
});
