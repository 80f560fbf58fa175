import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Migration, migrate, migrationSql, migrationStatus } from "../../src/ddl/index.ts";
import { generateModule } from "../../src/files/index.ts";
import { loadSchema, schemaDiff, tableNames, traced } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { eachMigrationTest } from "../support/migration-directory.ts";

const INDEX = join(import.meta.dir, "../../src/ddl/index.ts");

let database: TestDatabase;
let sql: TestDatabase["sql"];
let directory: string;
const write = eachMigrationTest(own => {
  ({ database, sql, directory } = own);
});

async function values(text: string): Promise<unknown> {
  return [...(await sql.unsafe(text).values())];
}

test("files run once, in the order of their names, and are recorded with their checksum", async () => {
  write("002_b.sql", "insert into t values ('b'); insert into t values ('c');");
  write("001_a.sql", "create table t (v text);");
  write("notes.md", "nothing");
  expect(await migrate(sql, directory)).toEqual({ applied: ["001_a.sql", "002_b.sql"], pending: [] });
  expect(await migrate(sql, directory)).toEqual({ applied: [], pending: [] });
  expect(await values("select v from t order by v")).toEqual([["b"], ["c"]]);
  expect(await values("select position, name, checksum from rowfn_migration order by position")).toEqual([
    [1, "001_a.sql", new Bun.CryptoHasher("sha256").update("create table t (v text);").digest("hex")],
    [
      2,
      "002_b.sql",
      new Bun.CryptoHasher("sha256")
        .update("insert into t values ('b'); insert into t values ('c');")
        .digest("hex"),
    ],
  ]);
});

test("a failed migration is rolled back, and the migrations before it stay committed", async () => {
  write("1.sql", "create table t (v text);");
  write("2.sql", "insert into t values ('x'); create table u (id int); select 1 / 0;");
  const error = await migrate(sql, directory).catch(reason => reason);
  expect(error.name).toBe("MigrationError");
  expect(error.migration).toBe("2.sql");
  expect(error.message).toStartWith("migration 2.sql failed and was rolled back: division by zero [22012]");
  expect(await values("select count(*)::int, to_regclass('u') from t")).toEqual([[0, null]]);
  expect(await values("select name from rowfn_migration")).toEqual([["1.sql"]]);
  write("2.sql", "insert into t values ('x');");
  expect((await migrate(sql, directory)).applied).toEqual(["2.sql"]);
});

test("a list that does not continue the log is rejected with the file's name before anything runs", async () => {
  write("1.sql", "create table t (v text);\n");
  await migrate(sql, directory);
  write("1.sql", "create table t (v text);\r\n");
  expect((await migrate(sql, directory)).applied).toEqual([]);
  write("1.sql", "create table t (v int);\n");
  write("2.sql", "create table u (v int);");
  const changed =
    "migration 1.sql was changed after it ran on this database; undo the change and add a new migration";
  await expect(migrate(sql, directory)).rejects.toThrow(changed);
  await expect(migrationStatus(sql, directory)).rejects.toThrow(changed);
  rmSync(join(directory, "1.sql"));
  await expect(migrate(sql, directory)).rejects.toThrow(
    "migration 1.sql has run on this database but no longer exists; restore it",
  );
  write("1.sql", "create table t (v text);\n");
  write("0.sql", "create table early (v int);");
  await expect(migrate(sql, directory)).rejects.toThrow(
    "migration 0.sql sorts before 1.sql, which has already run; rename it so that it sorts last",
  );
  expect(await values("select to_regclass('u'), to_regclass('early')")).toEqual([[null, null]]);
});

test("a file that opts out of the transaction runs statement by statement", async () => {
  write("1.sql", "create table t (v text);");
  write("2.sql", "-- rowfn: no transaction\ncreate index concurrently t_v on t (v);\n/* ; */ select ';';\n");
  expect((await migrate(sql, directory)).applied).toEqual(["1.sql", "2.sql"]);
  expect(
    await values(
      "select indexrelid::regclass::text, indisvalid from pg_index where indrelid = 't'::regclass",
    ),
  ).toEqual([["t_v", true]]);
  write("3.sql", "-- rowfn: no transaction\ninsert into t values ('kept');\nselect 1 / 0;\nselect 2;");
  await expect(migrate(sql, directory)).rejects.toThrow(
    "migration 3.sql failed at statement 2, statement 1 was committed: division by zero [22012]",
  );
  expect(await values("select v from t")).toEqual([["kept"]]);
});

test("without a transaction, the first failing statement or function stops the run, and statements that need a transaction fail", async () => {
  const failure = async (up: Migration["up"], transaction = false): Promise<string> =>
    await migrate(sql, [{ name: "a", up, transaction }]).then(String, error => error.message);
  expect(await failure("select 1 / 0; select 2")).toStartWith(
    "migration a failed at statement 1, nothing was committed: division by zero [22012]",
  );
  const fail = (): Promise<unknown> => Promise.reject("out of paper");
  expect(await failure(fail)).toBe("migration a failed, and ran without a transaction: out of paper");
  expect(await failure("vacuum", true)).toContain(
    '[25001]; put the statement into its own migration with transaction: false (in a file: "-- rowfn: no transaction")',
  );
});

test("a file with an unterminated string fails when it runs", async () => {
  write("1.sql", "select 'open;\n-- rowfn: down\n");
  await expect(migrate(sql, directory)).rejects.toThrow("migration 1.sql: ");
  expect(await values("select name from rowfn_migration")).toEqual([]);
});

test("a migration that ran as SQL may become a function", async () => {
  await migrate(sql, [{ name: "a", up: "create table t ()" }]);
  const list: Migration[] = [{ name: "a", up: tx => tx`create table t ()` }];
  expect((await migrate(sql, list)).applied).toEqual([]);
});

test("a migration continues when the connection that holds the lock is lost", async () => {
  const up = async (tx: Bun.SQL): Promise<void> => {
    await sql`select pg_terminate_backend(pid) from pg_locks join pg_stat_activity using (pid)
      where locktype = 'advisory' and datname = current_database()`;
    await tx`create table t ()`;
  };
  expect((await migrate(sql, [{ name: "a", up }])).applied).toEqual(["a"]);
  expect(await values("select name from rowfn_migration")).toEqual([["a"]]);
});

test("a file that opts out of the transaction may contain function bodies with semicolons", async () => {
  write(
    "1.sql",
    `-- rowfn: no transaction
create function ff() returns int language sql begin atomic select 1; select 2; end;
create procedure pp() language plpgsql as $$ begin perform 1; commit; end $$;`,
  );
  expect((await migrate(sql, directory)).applied).toEqual(["1.sql"]);
  await sql.unsafe("call pp()");
  expect(await values("select ff()")).toEqual([[2]]);
});

test("a function gets the handle of the transaction", async () => {
  const list = [
    { name: "table", up: "create table t (v text)" },
    { name: "rows", up: (tx: Bun.SQL) => tx`insert into t values (${"x"})` },
    { name: "alone", up: (own: Bun.SQL) => own`vacuum t`.simple(), transaction: false },
  ];
  expect((await migrate(sql, list)).applied).toEqual(["table", "rows", "alone"]);
  expect(await values("select v from t")).toEqual([["x"]]);
  const failing = [
    ...list,
    { name: "bad", up: (tx: Bun.SQL) => tx`delete from t`.then(() => Promise.reject(new Error("no"))) },
  ];
  await expect(migrate(sql, failing)).rejects.toThrow("migration bad failed and was rolled back: no");
  expect(await values("select v from t")).toEqual([["x"]]);
});

test("a dry run and the status change nothing, not even the log", async () => {
  write("1.sql", "create table t (v text);");
  expect(await migrate(sql, directory, { dryRun: true })).toEqual({ applied: [], pending: ["1.sql"] });
  expect(await migrationStatus(sql, directory)).toEqual([{ name: "1.sql", appliedAt: null }]);
  expect(await values("select to_regclass('rowfn_migration')")).toEqual([[null]]);
  const seen: string[] = [];
  const before = Date.now() - 1000;
  await migrate(sql, directory, { onMigration: name => seen.push(name) });
  const [state] = await migrationStatus(sql, directory);
  expect(seen).toEqual(["1.sql"]);
  expect(state!.appliedAt!.getTime()).toBeGreaterThan(before);
});

test("the log is not part of a snapshot, a generated module or a proposal", async () => {
  const before = await loadSchema(sql);
  await migrate(sql, [{ name: "a", up: "select 1" }]);
  const after = await loadSchema(sql);
  expect(tableNames(after)).toEqual([]);
  expect(generateModule(after)).toBe(generateModule(before));
  expect([migrationSql(before, after), migrationSql(after, before), schemaDiff(before, after)]).toEqual([
    [],
    [],
    [],
  ]);
});

test("the log may be in a different schema", async () => {
  await sql.unsafe("create schema meta");
  await migrate(sql, [{ name: "a", up: "create table t ()" }], { schema: "meta" });
  expect(
    await values("select name, to_regclass('public.rowfn_migration') from meta.rowfn_migration"),
  ).toEqual([["a", null]]);
});

test("invalid lists are rejected", async () => {
  write("a.sql", "select 1");
  const invalid: [Parameters<typeof migrate>[1], string][] = [
    [["a", "a"].map(name => ({ name, up: "select 1" })), "migration a appears twice; rename one"],
    [[{ name: "", up: "select 1" }], "the name of a migration must be a non-empty string, received "],
    [[{ up: "select 1" } as never], "the name of a migration must be a non-empty string, received undefined"],
    [[{ name: 7 as never, up: "select 1" }], "a migration: name must be a string, received a number"],
    [[{ name: "a", up: " \n" }], "migration a is empty"],
    [[{ name: "a", up: 5 as never }], "migration a: up must be SQL or a function, received 5"],
    [
      [{ name: "a", up: "select 1", down: null as never }],
      "migration a: down must be SQL or a function, received null",
    ],
    [[null as never], "a migration: the options must be a plain object, received null"],
    [join(directory, "a.sql"), `the migrations directory ${join(directory, "a.sql")} cannot be read`],
    [join(directory, "nowhere"), `the migrations directory ${join(directory, "nowhere")} does not exist`],
  ];
  for (const [list, message] of invalid) await expect(migrate(sql, list)).rejects.toThrow(message);
  await expect(sql.begin(tx => migrate(tx, []))).rejects.toThrow(
    "migrate cannot run inside a transaction; pass a pool or a reserved connection",
  );
});

test("a session that waits too long for another session fails with LockedError", async () => {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const first = migrate(sql, [
    {
      name: "slow",
      up: async () => {
        started.resolve();
        await gate.promise;
      },
    },
  ]);
  await started.promise;
  await expect(migrate(sql, [{ name: "slow", up: "select 1" }], { wait: 0 })).rejects.toThrow(
    "another session is still migrating this database after 0 milliseconds",
  );
  const tries: string[] = [];
  const waiting = traced(sql, ({ text }) => {
    if (text.includes("pg_try_advisory_lock")) tries.push(text);
  });
  await expect(migrate(waiting, [{ name: "slow", up: "select 1" }], { wait: 350 })).rejects.toThrow("350");
  // One attempt every 100 ms, so that a waiting session causes little load.
  expect(tries.length).toBeLessThanOrEqual(5);
  gate.resolve();
  await first;
});

test("servers that start simultaneously run each migration once", async () => {
  write("1.sql", "create table t (v int);\nselect pg_sleep(0.3);");
  write("2.sql", "insert into t values (1);");
  write("3.sql", "-- rowfn: no transaction\ncreate index concurrently t_v on t (v);");
  const code = `import { migrate } from ${JSON.stringify(INDEX)};
    const sql = new Bun.SQL(${JSON.stringify(database.url)}, { max: 2, database: ${JSON.stringify(database.name)} });
    console.log(JSON.stringify((await migrate(sql, ${JSON.stringify(directory)}, { wait: 60000 })).applied));
    await sql.close({ timeout: 5 });`;
  const servers = Array.from({ length: 4 }, () =>
    Bun.spawn([process.execPath, "-e", code], { stdout: "pipe", stderr: "pipe" }),
  );
  const outputs = await Promise.all(
    servers.map(async server => {
      const [output, errors, exit] = await Promise.all([
        new Response(server.stdout).text(),
        new Response(server.stderr).text(),
        server.exited,
      ]);
      expect([exit, errors]).toEqual([0, ""]);
      return JSON.parse(output) as string[];
    }),
  );
  expect(outputs.flat().sort()).toEqual(["1.sql", "2.sql", "3.sql"]);
  expect(await values("select v from t")).toEqual([[1]]);
  expect(await values("select name from rowfn_migration order by position")).toEqual([
    ["1.sql"],
    ["2.sql"],
    ["3.sql"],
  ]);
});

test("the lock is released when its process is killed", async () => {
  const code = `import { migrate } from ${JSON.stringify(INDEX)};
    const sql = new Bun.SQL(${JSON.stringify(database.url)}, { max: 1, database: ${JSON.stringify(database.name)} });
    await migrate(sql, [{ name: "a", up: async tx => { await tx.unsafe("create table t ()"); console.log("in"); await Bun.sleep(60000); } }]);`;
  const server = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe", stderr: "inherit" });
  const reader = server.stdout.getReader();
  await reader.read();
  server.kill("SIGKILL");
  await server.exited;
  expect((await migrate(sql, [{ name: "a", up: "create table t ()" }], { wait: 30_000 })).applied).toEqual([
    "a",
  ]);
});
