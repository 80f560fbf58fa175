// A timeout and a signal in each phase of a transaction.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { transaction } from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { testTables } from "../support/test-tables.ts";

const { database, sql, plain } = await testTables(
  `create table done (id int); create table late (id int);
   create function wait() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(7); return null; end $$;
   create constraint trigger wait after insert on late initially deferred for each row execute function wait()`,
  "truncate done, late",
);

// In a separate process, which an unhandled rejection would terminate.
const PROGRAM = `
  import { transaction } from ${JSON.stringify(join(import.meta.dir, "../../src/index.ts"))};
  const prepare = process.env.ROWFN_PREPARE !== "false";
  const sql = new Bun.SQL(process.argv[1], { max: 1, prepare, database: process.argv[2] });
  const stopped = () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort("enough"), 50);
    return { signal: controller.signal };
  };
  const stops = { timeout: () => ({ timeout: 50 }), signal: () => ({ signal: AbortSignal.timeout(50) }), reason: stopped };
  const write = tx => tx\`insert into done values (1)\`;
  const phases = {
    "before it has a connection": { hold: true, work: write },
    "during a statement": { work: async tx => { await write(tx); await tx\`select pg_sleep(60)\`; } },
    "between statements": { work: async tx => { await write(tx); await new Promise(() => {}); } },
    "after an odd error was ignored": { work: async tx => { await tx\`select pg_sleep(60)\`.catch(() => {}); throw undefined; } },
  };
  const outcomes = {};
  for (const [phase, { hold, work }] of Object.entries(phases))
    for (const [stop, options] of Object.entries(stops)) {
      const held = hold ? await sql.reserve() : undefined;
      const call = transaction(sql, work, options());
      outcomes[stop + " " + phase] = await call.then(() => "resolved", error => error?.name ?? error);
      held?.release();
      await sql\`select 1\`;
    }
  console.log(JSON.stringify(outcomes));
  await sql.close({ timeout: 5 });`;

test("before and during its statements each of them rejects the call, without an unhandled rejection", async () => {
  const args = [process.execPath, "-e", PROGRAM, database.url, database.name];
  const child = Bun.spawn(args, { stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect([errors, await child.exited]).toEqual(["", 0]);
  const phases = [
    ...["before it has a connection", "during a statement", "between statements"],
    "after an odd error was ignored",
  ];
  const expected = phases.flatMap(phase => [
    [`timeout ${phase}`, "TimeoutError"],
    [`signal ${phase}`, "TimeoutError"],
    [`reason ${phase}`, "enough"],
  ]);
  expect(JSON.parse(output)).toEqual(Object.fromEntries(expected));
  expect(await plain("select * from done")).toEqual([]);
});

test("a COMMIT that has begun is not stopped, so its outcome is known", async () => {
  const lock = await database.connect().reserve();
  await lock`select pg_advisory_lock(7)`;
  const stop = new AbortController();
  const call = transaction(
    sql,
    async tx => {
      await tx`insert into done values (1)`;
      await tx`insert into late values (1)`;
      return "stored";
    },
    { signal: stop.signal },
  );
  const waiting = () =>
    lock`select 1 from pg_locks join pg_database d on d.oid = database and datname = current_database() where not granted`;
  await until(async () => (await waiting()).length === 1);
  stop.abort(new Error("too late"));
  await lock`select pg_advisory_unlock(7)`;
  expect(await call).toBe("stored");
  expect(await plain("select * from done")).toEqual([[1]]);
  lock.release();
});
