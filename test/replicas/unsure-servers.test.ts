// What a handle of replicas does while it cannot be sure of what it knows, without real servers.
import { expect, test } from "bun:test";
import { QueryError, type SqlHandle, TimeoutError } from "../../src/index.ts";
import { type Cluster, refresh, requireCopies, statesOf } from "../../src/replicas/cluster.ts";
import { readOnCluster } from "../../src/replicas/read-on-cluster.ts";
import { newSession } from "../../src/replicas/session.ts";
import { answers, ask, freshCluster } from "../support/answering-servers.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";

const LONG_AGO = performance.now() - 3_600_000;

/** The servers that a read reaches; `error` is thrown by each of them. */
async function reachedServers(
  cluster: Cluster,
  position: bigint,
  limits = {},
  error?: Error,
): Promise<readonly number[]> {
  const reached: number[] = [];
  const read = async (sql: SqlHandle): Promise<void> => {
    reached.push(cluster.servers.findIndex(server => server.sql === sql));
    if (error !== undefined) throw error;
  };
  await readOnCluster(cluster, newSession(position), cluster.servers[0]!.sql, read, limits).catch(
    cause => void expect(cause).toBe(error),
  );
  return reached;
}

const lostError = (): QueryError => {
  const cause = Object.assign(new Error("no"), { errno: "57P01" });
  return new QueryError("no", { sqlstate: "57P01", text: "SELECT", cause });
};

test("the position of a standby that was asked long ago is unknown, and it is asked again", async () => {
  const cluster = freshCluster();
  await ask(cluster);
  expect(await reachedServers(cluster, 8n)).toEqual([1]);
  Object.assign(cluster.servers[1]!, { askedAt: LONG_AGO, dueAt: 0 });
  answers.set("b", [true, "s", "0/4", "1"]);
  expect(statesOf(cluster)[1]!.role).toBe("unknown");
  expect(await reachedServers(cluster, 8n)).toEqual([0]);
  await until(() => cluster.servers[1]!.asking === undefined);
  expect(statesOf(cluster)[1]).toMatchObject({ role: "standby", position: 4n });
  expect(await reachedServers(cluster, 8n)).toEqual([0]);
});

test("a former primary that comes back as a standby is noticed without a failure", async () => {
  const cluster = freshCluster();
  answers.set("b", [false, "s", "0/8", "1"]);
  await ask(cluster);
  answers.set("b", [true, "s", "0/8", "1"]);
  Object.assign(cluster.servers[1]!, { askedAt: LONG_AGO, dueAt: 0 });
  refresh(cluster, 0n);
  await until(() => cluster.servers[1]!.asking === undefined);
  expect(statesOf(cluster)[1]!.role).toBe("standby");
});

test("a standby that has lost its upstream server keeps the timeline that it has reached, unless its position is lower", async () => {
  const cluster = freshCluster();
  answers.set("b", [true, "s", "0/8", "2"]);
  await ask(cluster);
  answers.set("b", [true, "s", "0/8", "1"]);
  await ask(cluster);
  expect(statesOf(cluster)[1]!.timeline).toBe(2);
  answers.set("b", [true, "s", "0/7", "1"]);
  await ask(cluster);
  expect(statesOf(cluster)[1]!.timeline).toBe(1);
});

test("a primary that was asked long ago is asked before a read that must see writes", async () => {
  const cluster = freshCluster();
  await ask(cluster);
  cluster.servers[0]!.askedAt = LONG_AGO;
  answers.set("a", [true, "s", "0/10", "1"]);
  answers.set("b", [false, "s", "0/20", "2"]);
  expect(await reachedServers(cluster, 20n)).toEqual([1]);
});

test("after a read that was stopped on a standby the standby is left out until it answers, as it may hang", async () => {
  const cluster = freshCluster();
  await ask(cluster);
  const late = new TimeoutError("late");
  expect(await reachedServers(cluster, 8n, { timeout: 60_000 }, late)).toEqual([1]);
  expect(await reachedServers(cluster, 8n)).toEqual([0]);
  await until(() => cluster.servers[1]!.asking === undefined);
  expect(await reachedServers(cluster, 8n)).toEqual([1]);
  answers.set("b", undefined);
  expect(await reachedServers(cluster, 8n, { timeout: 60_000 }, late)).toEqual([1]);
  await until(() => cluster.servers[1]!.asking === undefined);
  expect(await reachedServers(cluster, 8n)).toEqual([0]);
});

test("after a read that was stopped on the primary the servers are asked for a new one", async () => {
  const cluster = freshCluster();
  await ask(cluster);
  // The read itself does not ask the servers.
  for (const server of cluster.servers) server.dueAt = Number.MAX_VALUE;
  answers.set("b", [false, "s", "0/20", "2"]);
  expect(await reachedServers(cluster, 9n, { timeout: 60_000 }, new TimeoutError("late"))).toEqual([0]);
  await until(() => cluster.primary === 1);
});

test("a signal ends the wait of a read for a new primary", async () => {
  const cluster = freshCluster();
  await ask(cluster);
  // The servers never answer.
  cluster.finding = new Promise(() => {});
  const controller = new AbortController();
  const read = async (): Promise<never> => {
    setImmediate(() => controller.abort(new Error("enough")));
    throw lostError();
  };
  const { signal } = controller;
  const reading = readOnCluster(cluster, newSession(9n), cluster.servers[0]!.sql, read, { signal });
  expect((await failure(reading)).message).toBe("enough");
});

test.each([{}, { signal: new AbortController().signal }, { timeout: 60_000 }])(
  "a read with the limits %j waits for a new primary",
  async limits => {
    const cluster = freshCluster();
    await ask(cluster);
    const { promise, resolve } = Promise.withResolvers<void>();
    cluster.finding = promise;
    const reached: (SqlHandle | undefined)[] = [];
    const read = async (sql: SqlHandle): Promise<void> => {
      reached.push(sql);
      if (reached.length === 1) throw lostError();
    };
    const reading = readOnCluster(cluster, newSession(9n), cluster.servers[0]!.sql, read, limits);
    // Longer than a timer that ends at once.
    await Bun.sleep(20);
    cluster.primary = 1;
    resolve();
    await reading;
    expect(reached).toEqual([cluster.servers[0]!.sql, cluster.servers[1]!.sql]);
  },
);

test("a timeout ends the wait of a read for a new primary", async () => {
  const cluster = freshCluster();
  await ask(cluster);
  cluster.finding = new Promise(() => {});
  expect(await reachedServers(cluster, 9n, { timeout: 1 }, lostError())).toEqual([0]);
});

test("a primary that is replaced by another cluster remains the primary, and its standbys are asked again", async () => {
  const cluster = freshCluster(60_000);
  await ask(cluster);
  answers.set("a", [false, "new", "0/4", "00000001"]);
  answers.set("b", [true, "s", "0/8", "1"]);
  await ask(cluster);
  await ask(cluster);
  expect(() => requireCopies(cluster)).toThrow("is not a streaming replica of");
  answers.set("b", [true, "new", "0/4", "1"]);
  await ask(cluster);
  expect(() => requireCopies(cluster)).not.toThrow();
  expect(statesOf(cluster)).toMatchObject([
    { role: "primary", position: 4n },
    { role: "standby", position: 4n },
  ]);
  expect(cluster.samples.map(({ position }) => position)).toEqual([4n, 4n, 4n]);
});

test("a read that is rejected because of a server of a different cluster asks the server again", async () => {
  const cluster = freshCluster();
  answers.set("b", [true, "other", "0/8", "1"]);
  await ask(cluster);
  answers.set("b", [true, "s", "0/8", "1"]);
  cluster.servers[1]!.dueAt = 0;
  const reading = readOnCluster(cluster, newSession(), cluster.servers[0]!.sql, async () => {});
  expect((await failure(reading)).message).toContain("is not a streaming replica of");
  await until(() => cluster.servers[1]!.asking === undefined);
  expect(await reachedServers(cluster, 8n)).toEqual([1]);
});
