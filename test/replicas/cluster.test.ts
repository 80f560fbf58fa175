// The state of a cluster after the answers of its servers, without real servers.
import { expect, test } from "bun:test";
import { QueryError, type SqlHandle } from "../../src/index.ts";
import type { ServerState } from "../../src/replicas/choose-server.ts";
import { type Cluster, newCluster, refresh, statesOf } from "../../src/replicas/cluster.ts";
import { listenOnPrimary } from "../../src/replicas/listen-on-primary.ts";
import { readOnCluster } from "../../src/replicas/read-on-cluster.ts";
import { measure, neededBy, newSession } from "../../src/replicas/session.ts";
import { answers, ask, freshCluster, server } from "../support/answering-servers.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";

const stateOf = (role: ServerState["role"]): ServerState => ({ role, position: 0n, timeline: 1 });

test("the states are taken from the latest answers", async () => {
  const cluster = freshCluster();
  await ask(cluster);
  expect(statesOf(cluster)).toMatchObject([
    { role: "primary", position: 16n, timeline: 1 },
    { role: "standby", position: 8n, timeline: 1 },
  ]);
  expect([cluster.primary, cluster.system]).toEqual([0, "s"]);
});

test("a promoted server becomes the primary, and positions of the earlier timeline are forgotten", async () => {
  const cluster = freshCluster(60_000);
  await ask(cluster);
  await ask(cluster);
  expect(cluster.samples.map(({ position }) => position)).toEqual([16n, 16n]);
  answers.set("a", undefined);
  answers.set("b", [false, "s", "0/9", "00000002"]);
  await ask(cluster);
  expect(cluster.primary).toBe(1);
  expect(cluster.samples.map(({ position }) => position)).toEqual([9n]);
  expect(statesOf(cluster)).toMatchObject([{ role: "gone" }, { role: "primary", timeline: 2 }]);
});

test("a former primary that still believes to be one does not lend its position", async () => {
  const cluster = freshCluster(60_000);
  answers.set("b", [false, "s", "0/99", "00000001"]);
  await ask(cluster);
  await ask(cluster);
  expect([cluster.primary, ...cluster.samples.map(({ position }) => position)]).toEqual([0, 16n, 16n]);
});

test("positions are stored for the allowed staleness, and only for the primary", async () => {
  const cluster = freshCluster(0);
  await ask(cluster);
  await ask(cluster);
  expect(cluster.samples).toHaveLength(1);
  const lasting = freshCluster(60_000);
  answers.set("a", [true, "s", "0/10", "1"]);
  await ask(lasting);
  expect(lasting.samples).toEqual([]);
});

test("a server of a different cluster is foreign, and one without a position is gone", async () => {
  const cluster = freshCluster();
  await ask(cluster);
  answers.set("b", [true, "other", "0/8", "1"]);
  await ask(cluster);
  expect(statesOf(cluster)[1]).toEqual({ role: "foreign", position: 0n, timeline: 0 });
  answers.set("b", [true, "s", null, null]);
  await ask(cluster);
  expect(statesOf(cluster)[1]!.role).toBe("gone");
});

type Known = Partial<Cluster["servers"][number]>;

test.each<[string, readonly number[], primary: Known, standby: Known, needed: bigint | undefined]>([
  ["nothing is needed", [], {}, {}, undefined],
  ["the standby has the required position", [], {}, {}, 8n],
  ["the standby lacks the required position", [1], {}, {}, 9n],
  ["the standby was asked a moment ago", [], {}, { dueAt: Number.MAX_VALUE }, 9n],
  ["a server was lost", [0], { state: stateOf("gone") }, {}, undefined],
  ["a server is unknown", [1], {}, { state: stateOf("unknown") }, undefined],
  ["the standby replays an earlier timeline", [1], { state: { ...stateOf("primary"), timeline: 2 } }, {}, 8n],
  ["the primary has become a standby", [1], { state: stateOf("standby") }, {}, 9n],
  ["a former primary is not needed", [], {}, { state: stateOf("primary") }, 9n],
])("a refresh queries only servers whose state matters: %s", async (_, asked, primary, standby, needed) => {
  const cluster = freshCluster();
  await ask(cluster);
  for (const [index, known] of [primary, standby].entries())
    Object.assign(cluster.servers[index]!, { dueAt: 0, ...known });
  refresh(cluster, needed);
  expect(cluster.servers.flatMap(({ asking }, index) => (asking === undefined ? [] : [index]))).toEqual([
    ...asked,
  ]);
});

test("with a staleness every server is queried again after a pause", async () => {
  const cluster = freshCluster(60_000);
  await ask(cluster);
  refresh(cluster, undefined);
  expect(cluster.servers.map(({ asking }) => asking)).toEqual([undefined, undefined]);
  for (const one of cluster.servers) one.dueAt = 0;
  refresh(cluster, undefined);
  expect(cluster.servers.map(({ asking }) => asking instanceof Promise)).toEqual([true, true]);
});

/** A subscription on the server `a`, which is lost, and whose successor is `b`. */
async function subscriptionToPromote(
  handle: (name: string) => SqlHandle,
): ReturnType<typeof listenOnPrimary> {
  freshCluster();
  const cluster = newCluster(handle("a"), [handle("b")], undefined);
  await ask(cluster);
  const subscription = await listenOnPrimary(cluster, newSession(), "news", () => {});
  answers.set("a", undefined);
  answers.set("b", [false, "s", "0/9", "00000002"]);
  return subscription;
}

/**
 * The servers that are listened on after a promotion that the subscription follows; it may end meanwhile, and the former
 * primary may be lost.
 */
async function listeningServers(endsMeanwhile: boolean, isLost = false): Promise<readonly string[]> {
  const open = new Set<string>();
  const [moving, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const moved = Promise.withResolvers<void>();
  const handle = (name: string): SqlHandle => {
    const listen = async (): Promise<object> => {
      if (name === "b") moving.resolve();
      if (name === "b") await gate.promise;
      open.add(name);
      const unlisten = async (): Promise<void> => {
        open.delete(name);
        if (name === "a") moved.resolve();
        if (name === "a" && isLost) throw new Error("not reachable");
      };
      return { unlisten };
    };
    return Object.assign(server(name), { listen });
  };
  const subscription = await subscriptionToPromote(handle);
  await moving.promise;
  if (endsMeanwhile) await subscription.unlisten().catch(() => {});
  gate.resolve();
  await moved.promise;
  // Everything that does not wait for an external event has run when the next task begins.
  await new Promise<void>(resolve => setImmediate(resolve));
  const servers = [...open];
  await subscription.unlisten().catch(() => {});
  return servers;
}

test("after a promotion a subscription listens only on the new primary", async () => {
  expect(await listeningServers(false)).toEqual(["b"]);
});

test.each([false, true])(
  "a subscription that ends while it moves to the new primary listens on no server; the former one is lost: %p",
  async isLost => {
    expect(await listeningServers(true, isLost)).toEqual([]);
  },
);

test.each<[string, () => Promise<void>]>([
  ["is lost", () => Promise.reject(new Error("not reachable"))],
  ["hangs", () => new Promise(() => {})],
])("a subscription follows every promotion, also if the former primary %s", async (_, unlisten) => {
  const opened: string[] = [];
  const handle = (name: string): SqlHandle =>
    Object.assign(server(name), {
      listen: async () => {
        opened.push(name);
        return { unlisten };
      },
    });
  const subscription = await subscriptionToPromote(handle);
  await until(() => opened.length === 2);
  answers.set("a", [false, "s", "0/9", "00000003"]);
  answers.set("b", undefined);
  await until(() => opened.length === 3);
  expect(opened).toEqual(["a", "b", "a"]);
  subscription.unlisten().catch(() => {});
});

test("a subscription that cannot begin on the given primary begins on the server that was promoted", async () => {
  const opened: string[] = [];
  const handle = (name: string): SqlHandle =>
    Object.assign(server(name), {
      listen: async () => {
        opened.push(name);
        if (name === "a") throw Object.assign(new Error("no"), { errno: "25006" });
        return { unlisten: async () => {} };
      },
    });
  answers.set("a", [true, "s", "0/10", "2"]);
  answers.set("b", [false, "s", "0/10", "2"]);
  const cluster = newCluster(handle("a"), [handle("b")], undefined);
  const subscription = await listenOnPrimary(cluster, newSession(), "news", () => {});
  expect(opened).toEqual(["a", "b"]);
  await subscription.unlisten();
  answers.set("b", [true, "s", "0/10", "2"]);
  const without = newCluster(handle("a"), [handle("b")], undefined);
  expect(await failure(listenOnPrimary(without, newSession(), "news", () => {}))).toMatchObject({
    errno: "25006",
  });
});

/**
 * A read that fails on each server; returns the servers that it reached, and whether a different server became the
 * primary.
 */
async function failingRead(errno: string): Promise<readonly [servers: readonly number[], primary: number]> {
  const cluster = freshCluster();
  await ask(cluster);
  answers.set("a", undefined);
  answers.set("b", [false, "s", "0/20", "00000002"]);
  // The read itself must not query the servers, however long the test takes.
  for (const one of cluster.servers) one.dueAt = Number.MAX_VALUE;
  const cause = Object.assign(new Error("no"), { errno });
  const error = new QueryError("no", { sqlstate: errno, text: "SELECT", cause });
  const used: number[] = [];
  const read = (sql: SqlHandle): Promise<never> => {
    used.push(cluster.servers.findIndex(server => server.sql === sql));
    return Promise.reject(error);
  };
  // The replica has not replayed the position that the session requires.
  expect(await failure(readOnCluster(cluster, newSession(12n), cluster.servers[0]!.sql, read))).toBe(error);
  return [used, cluster.primary];
}

test("only a read that loses the primary looks for a new one and runs there", async () => {
  expect(await failingRead("22012")).toEqual([[0], 0]);
  expect(await failingRead("57P01")).toEqual([[0, 1], 1]);
});

test.each([
  ["the server shuts down", "57P01", "gone"],
  ["a conflict with recovery", "40001", "gone"],
  ["a division by zero", "22012", "standby"],
])("after %s the replica is %3$s", async (_, errno, role) => {
  const cluster = freshCluster();
  await ask(cluster);
  const cause = Object.assign(new Error("no"), { errno });
  const error = new QueryError("no", { sqlstate: errno, text: "SELECT", cause });
  const read = (sql: SqlHandle): Promise<string> =>
    sql === cluster.servers[1]!.sql ? Promise.reject(error) : Promise.resolve("read");
  await readOnCluster(cluster, newSession(8n), cluster.servers[0]!.sql, read).catch(() => {});
  expect(statesOf(cluster)[1]!.role).toBe(role as never);
  // A server that is left out is asked again after a pause.
  refresh(cluster, undefined);
  expect(cluster.servers[1]!.asking).toBeUndefined();
});

test("a session first requires no position, then the position after its last measured write, and in between it is unknown", async () => {
  const cluster = freshCluster();
  const session = newSession();
  expect(neededBy(session)).toBe(0n);
  session.writes++;
  expect(neededBy(session)).toBeUndefined();
  await measure(cluster, session);
  expect(neededBy(session)).toBe(16n);
  // A position that the caller passed is not lowered.
  expect(neededBy(newSession(40n))).toBe(40n);
  const later = newSession(40n);
  later.writes++;
  await measure(cluster, later);
  expect(neededBy(later)).toBe(40n);
});
