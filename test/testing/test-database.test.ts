import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rollback, startPostgres, type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { baseDirectory } from "../../src/testing/run-directory.ts";
import { directoriesOf, startChild, TESTING, untilGone } from "../support/children.ts";
import { until } from "../support/eventually.ts";

const TEMPLATE = "create table t (id int primary key); insert into t values (1), (2);";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ template: TEMPLATE });
});
afterAll(() => database.drop());

test("databases of the same template are independent", async () => {
  const other = await testDatabase({ template: TEMPLATE });
  await other.sql`delete from t`;
  expect(await database.sql`select id from t order by id`.values()).toEqual([[1], [2]]);
  await other.drop();
});

test("a template may be a function, which runs once for all databases with its name", async () => {
  let runs = 0;
  const name = `counted ${crypto.randomUUID()}`;
  const fill = async (sql: Bun.SQL): Promise<void> => {
    runs++;
    await sql`create table made (id int)`;
  };
  const databases = await Promise.all([1, 2, 3].map(() => testDatabase({ template: { name, fill } })));
  expect(runs).toBe(1);
  for (const { sql, drop } of databases) {
    expect(await sql`select count(*)::int as n from made`).toEqual([{ n: 0 }] as never);
    await drop();
  }
});

test("a template of migrations is identified by the content of the files", async () => {
  const directory = mkdtempSync(join(tmpdir(), "rowfn-template-"));
  const template = { migrations: directory };
  const columns = async (): Promise<unknown> => {
    const { sql, drop } = await testDatabase({ template });
    const rows =
      await sql`select attname from pg_attribute where attrelid = 'made'::regclass and attnum > 0`.values();
    await drop();
    return rows.flat();
  };
  writeFileSync(join(directory, "001.sql"), "create table made (a int);");
  expect(await columns()).toEqual(["a"]);
  writeFileSync(join(directory, "001.sql"), "create table made (b int);");
  expect(await columns()).toEqual(["b"]);
  writeFileSync(join(directory, "002.sql"), "alter table made add c int;");
  expect(await columns()).toEqual(["b", "c"]);
  writeFileSync(join(directory, "002.sql"), "alter table made add c int; select 1 / 0;");
  await expect(columns()).rejects.toThrow("migration 002.sql failed and was rolled back: division by zero");
  rmSync(directory, { recursive: true });
  await expect(columns()).rejects.toThrow(`the migrations directory ${directory} does not exist`);
});

test("a template whose SQL fails is reported as an error, and can be used again", async () => {
  const template = `create table broken (id nothing_${crypto.randomUUID().replaceAll("-", "")})`;
  await expect(testDatabase({ template })).rejects.toThrow("does not exist");
  await expect(testDatabase({ template })).rejects.toThrow("does not exist");
});

test("drop closes every handle and removes the database", async () => {
  const other = await testDatabase();
  const handle = other.connect({ max: 1 });
  await handle`select 1`;
  await other.drop();
  await expect(handle`select 1`.execute()).rejects.toThrow();
  expect(
    await database.sql`select count(*)::int from pg_database where datname = ${other.name}`.values(),
  ).toEqual([[0]]);
});

test("a database can be dropped twice, and after the server has closed its connections", async () => {
  const other = await testDatabase();
  await database.sql.unsafe(
    "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and (datname = $1 or query = $2)",
    [other.name, `create database ${other.name} template template0 encoding 'UTF8' strategy file_copy`],
  );
  await other.drop();
  await other.drop();
  expect(await database.sql.unsafe("select from pg_database where datname = $1", [other.name])).toHaveLength(
    0,
  );
});

test("rollback undoes the writes of the function and returns its value", async () => {
  const left = await rollback(database.sql, async tx => {
    await tx.unsafe("delete from t where id = 1");
    return tx.unsafe("select id from t").values();
  });
  expect(left).toEqual([[2]] as never);
  expect(await database.sql`select id from t order by id`.values()).toEqual([[1], [2]]);
});

test("rollback throws the error of the function", async () => {
  await expect(
    rollback(database.sql, () => {
      throw new Error("mine");
    }),
  ).rejects.toThrow("mine");
});

test("rollback inside a transaction undoes only its own part", async () => {
  await database.sql.begin(async tx => {
    await tx`insert into t values (7)`;
    await rollback(tx, inner => inner.unsafe("delete from t"));
    expect(await tx`select id from t order by id`.values()).toEqual([[1], [2], [7]]);
    await tx`delete from t where id = 7`;
  });
});

test("ROWFN_PREPARE=false and true select the driver's mode", async () => {
  const expected = process.env["ROWFN_PREPARE"] !== "false";
  expect(database.sql.options.prepare).toBe(expected);
});

test("without ROWFN_TEST_URL the process starts one server for all its databases, which stops with the process", async () => {
  const child = await startChild(`
    const a = await testDatabase(), b = await testDatabase();
    if (new URL(a.url).port !== new URL(b.url).port) throw new Error("two servers");
    await a.drop(); await b.drop();
    console.log(a.url);
    setInterval(() => {}, 1000);`);
  expect(directoriesOf(child.pid)).toHaveLength(1);
  child.kill("SIGKILL");
  await untilGone(child.pid, child.line);
});

test("the directory of an ended run with the same process id is replaced", async () => {
  const child = await startChild(`
    const { mkdirSync, utimesSync } = require("node:fs");
    const directory = \`${baseDirectory()}/rowfn-postgres-\${process.pid}-shared\`;
    mkdirSync(directory);
    utimesSync(directory, 0, 0);
    const database = await testDatabase();
    await database.drop();
    console.log(database.url);`);
  expect(new URL(child.line).hostname).toBe("127.0.0.1");
  await child.exited;
  await untilGone(child.pid, child.line);
});

test("the workers of a run share a server, which stops after the last worker", async () => {
  const worker = `import { testDatabase } from ${JSON.stringify(TESTING)};
    console.log((await testDatabase()).url);
    setInterval(() => {}, 1000);`;
  const run = await startChild(`
    const start = async id => {
      const env = { ...process.env, BUN_TEST_WORKER_ID: id };
      const { pid, stdout } = Bun.spawn([process.execPath, "-e", ${JSON.stringify(worker)}], { env, stdout: "pipe" });
      const { value } = await stdout.getReader().read();
      return { pid, url: new TextDecoder().decode(value).trim() };
    };
    console.log(JSON.stringify(await Promise.all([start("1"), start("2")])));
    setInterval(() => {}, 1000);`);
  const [a, b] = JSON.parse(run.line);
  expect(new URL(a.url).port).toBe(new URL(b.url).port);
  process.kill(a.pid, "SIGKILL");
  await Bun.sleep(300);
  expect(directoriesOf(run.pid)).toHaveLength(1);
  process.kill(b.pid, "SIGKILL");
  await untilGone(run.pid, b.url);
  run.kill("SIGKILL");
});

test("a template that fails leaves no database on your own server", async () => {
  const server = await startPostgres();
  const child = await startChild(
    "console.log(await testDatabase({ template: 'select 1 / 0' }).catch(error => error.message.slice(0, 16)));",
    { ROWFN_TEST_URL: server.url },
  );
  expect(child.line).toBe("division by zero");
  await child.exited;
  const sql = new Bun.SQL(server.url, { max: 1 });
  const names = await sql
    .unsafe("select datname::text from pg_database where datname like 'rowfn%'")
    .values();
  expect([...names]).toEqual([]);
  await sql.close();
  await server.stop();
});

test("ROWFN_TEST_URL selects the server", async () => {
  const server = await startPostgres();
  const child = await startChild(
    "const database = await testDatabase(); console.log(database.url); await database.drop();",
    { ROWFN_TEST_URL: server.url },
  );
  expect(new URL(child.line).port).toBe(String(server.port));
  await child.exited;
  await server.stop();
});

test("a worker that begins while the shared server stops gets a server that remains", async () => {
  const worker = `import { testDatabase } from ${JSON.stringify(TESTING)};
    const { sql } = await testDatabase();
    console.log((await sql.unsafe("select 1").values())[0][0]);
    setInterval(() => {}, 1000);`;
  const run = await startChild(`
    const lines = [];
    for (const id of ["1", "2", "3", "4"]) {
      const env = { ...process.env, BUN_TEST_WORKER_ID: id };
      const worker = Bun.spawn([process.execPath, "-e", ${JSON.stringify(worker)}], { env, stdout: "pipe" });
      const { value } = await worker.stdout.getReader().read();
      lines.push(new TextDecoder().decode(value).trim());
      worker.kill("SIGKILL");
      await worker.exited;
    }
    console.log(lines.join(" "));`);
  expect(run.line).toBe("1 1 1 1");
  await run.exited;
  await until(() => directoriesOf(run.pid).length === 0);
});

test("variables of another server do not affect an embedded server and its databases", async () => {
  const child = await startChild(
    `const { sql, drop } = await testDatabase({ template: "create table note (id int)" });
    console.log((await sql.unsafe("select count(*)::int from note").values())[0][0]);
    await drop();`,
    { PGDATABASE: "other", PGSSLMODE: "require", PGHOST: "/nowhere", PGPORT: "1", PGUSER: "bob" },
  );
  expect(child.line).toBe("0");
  await child.exited;
  await untilGone(child.pid, "postgres://127.0.0.1:1");
});
