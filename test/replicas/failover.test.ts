// Every write is read back immediately, while the replica lags, is stopped, started and promoted.
import { afterAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { eventually, until } from "../support/eventually.ts";
import { insert, loadSchema, replicas, rowsWhere, traced, transaction } from "../support/every-entry.ts";
import { failure } from "../support/failure.ts";
import { startReplication } from "../support/standby.ts";
import { TIME_LIMIT_MS } from "../support/time-limit.ts";

/** The number of writes of each test. */
const WRITES = Number(process.env["ROWFN_REPLICA_WRITES"] ?? 300);
const WRITERS = 4;
const TIME_LIMIT = TIME_LIMIT_MS + 60 * WRITES;

const servers = await startReplication(
  "create table t (id int, name text); create index on t (id); create table u (id int primary key);",
);
const prepare = process.env["ROWFN_PREPARE"] !== "false";
const primary = new SQL(servers.primary, { max: WRITERS, prepare });
const standby = new SQL(servers.standby, { max: WRITERS, prepare });
const schema = await loadSchema(primary);
let replicaReads = 0;
const counted = traced(
  standby,
  ({ text, error }) => {
    if (text.startsWith('SELECT "name"') && error === undefined) replicaReads++;
  },
  { redact: ["u.id"] },
);
const sql = replicas(primary, [counted]);

afterAll(async () => {
  await sql.close({ timeout: 0 });
  await servers.stop();
});

// A transaction whose outcome is unknown runs again, so it looks for its row first; the table has no key.
async function write(id: number): Promise<void> {
  await transaction(
    sql,
    async tx => {
      const [stored] = await rowsWhere(tx, schema, "t", { where: { id } });
      if (stored === undefined) await insert(tx, schema, "t", { id, name: `row ${id}` });
    },
    { retries: 200, idempotent: true },
  );
}

type Rows = readonly object[];
type Read = (run: () => Promise<Rows>) => Promise<Rows>;

/** Repeats the read while there is no primary. */
async function readAgain(run: () => Promise<Rows>): Promise<Rows> {
  let rows: Rows = [];
  await eventually(async () => {
    rows = await run();
  });
  return rows;
}

/** Writes rows and reads each one back immediately; returns the ids that were not found. */
async function writeAndRead(
  from: number,
  onProgress: (done: number) => void = () => {},
  read: Read = run => run(),
): Promise<number[]> {
  const stale: number[] = [];
  let next = from;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < from + WRITES) {
      const id = next++;
      await write(id);
      for (let again = 0; again < 3; again++) {
        const rows = await read(() => rowsWhere(sql, schema, "t", { select: ["name"], where: { id } }));
        if (rows.length !== 1) stale.push(id);
      }
      onProgress(++done);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, work));
  return stale;
}

/** Runs each step when its share of the writes is complete. */
async function withSteps(
  from: number,
  steps: readonly (() => Promise<unknown>)[],
  read?: Read,
): Promise<number[]> {
  const running: Promise<unknown>[] = [];
  const share = Math.floor(WRITES / (steps.length + 1));
  const step = (done: number): void => {
    if (done % share === 0) running.push(steps[done / share - 1]?.() ?? Promise.resolve());
  };
  const stale = await writeAndRead(from, step, read);
  await Promise.all(running);
  return stale;
}

const idsOf = (from: number): number[] => Array.from({ length: WRITES }, (_, index) => from + index);

test(
  "no read is stale while the replica lags",
  async () => {
    await standby.unsafe("alter system set recovery_min_apply_delay = '20ms'");
    await standby`select pg_reload_conf()`;
    expect(await writeAndRead(0)).toEqual([]);
    await until(async () => {
      await rowsWhere(sql, schema, "t", { select: ["name"], where: { id: 0 } });
      return replicaReads > 0;
    });
  },
  TIME_LIMIT,
);

test(
  "no read is stale while the replay is paused and resumed",
  async () => {
    await standby.unsafe("alter system set recovery_min_apply_delay = 0");
    await standby`select pg_reload_conf()`;
    const pause = (): Promise<unknown> => standby`select pg_wal_replay_pause()`;
    const resume = (): Promise<unknown> => standby`select pg_wal_replay_resume()`;
    expect(await withSteps(WRITES, [pause, resume, pause, resume])).toEqual([]);
  },
  TIME_LIMIT,
);

test(
  "no read is stale or fails while the replica is stopped and started",
  async () => {
    const { stop, start } = servers.standbyServer;
    const restart = async (): Promise<void> => {
      await stop();
      start();
    };
    expect(await withSteps(2 * WRITES, [restart])).toEqual([]);
    replicaReads = 0;
    await until(async () => {
      await rowsWhere(sql, schema, "t", { select: ["name"], where: { id: 0 } });
      return replicaReads > 0;
    });
  },
  TIME_LIMIT,
);

test(
  "a promoted replica becomes the primary, no committed row is lost or duplicated, and listeners follow",
  async () => {
    // The primary sends everything to the standby before it shuts down.
    const failOver = async (): Promise<void> => {
      await servers.primaryServer.stop();
      const promoting = new SQL(servers.standby, { max: 1 });
      await promoting`select pg_promote()`;
      await promoting.close({ timeout: 0 });
    };
    const news: string[] = [];
    let confirmed = 0;
    const subscription = await sql.listen(
      "news",
      payload => void news.push(payload),
      () => confirmed++,
    );
    await sql.notify("news", "before");
    await until(() => news.length === 1);
    expect(await withSteps(3 * WRITES, [failOver], readAgain)).toEqual([]);
    const stored = await standby`select id from t order by id`.values();
    expect(stored.map(([id]: [number]) => id)).toEqual(
      idsOf(0).concat(idsOf(WRITES), idsOf(2 * WRITES), idsOf(3 * WRITES)),
    );
    expect(sql.options.port).toBe(standby.options.port);
    await until(() => confirmed === 2);
    await sql.notify("news", "after");
    await until(() => news.length === 2);
    await subscription.unlisten();
    await sql.notify("news", "nobody listens");
    expect(news).toEqual(["before", "after"]);
  },
  TIME_LIMIT,
);

test("after the promotion messages do not contain values that the handle of the new primary redacts", async () => {
  await insert(sql, schema, "u", { id: 1 });
  const { message } = await failure(insert(sql, schema, "u", { id: 1 }));
  expect(message).toStartWith("u.id: the value is already taken [");
});
