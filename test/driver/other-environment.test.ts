// The environment is that of another server. A separate process, because the driver reads it whenever it opens a handle.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { testTables } from "../support/test-tables.ts";

const { database } = await testTables("create table note (id int)");

const PROGRAM = `
  import { expr, q, transaction } from ${JSON.stringify(join(import.meta.dir, "../../src/index.ts"))};
  const prepare = process.env.ROWFN_PREPARE !== "false";
  const sql = new Bun.SQL(process.argv[1], { max: 1, prepare, database: process.argv[2] });
  const options = () => ({ signal: AbortSignal.timeout(200) });
  const pid = async () => (await sql\`select pg_backend_pid() as pid\`)[0].pid;
  const before = await pid();
  const error = await transaction(sql, tx => tx\`select pg_sleep(600)\`, options()).catch(reason => reason.name);
  // If the statement could not be canceled, its connection was closed.
  console.log(JSON.stringify([error, (await pid()) === before]));
  await sql.close({ timeout: 5 });`;

test("a transaction is canceled at its deadline on its own server, with its own parameters", async () => {
  const env = {
    ...process.env,
    DATABASE_URL: "postgres://nobody@127.0.0.1:1/other?sslmode=require&options=-cnonsense",
  };
  const args = [process.execPath, "-e", PROGRAM, database.url, database.name];
  const child = Bun.spawn(args, { stdout: "pipe", stderr: "pipe", env });
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect([errors, await child.exited]).toEqual(["", 0]);
  expect(JSON.parse(output)).toEqual(["TimeoutError", true]);
});
