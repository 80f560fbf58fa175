import { describeHandle } from "../driver/describe-handle.ts";
import type { SqlHandle } from "../driver/handle.ts";
import { ArgumentError, SettingsError } from "../errors.ts";
import { choosePrimary, isRecent, type Sample, type ServerState } from "./choose-server.ts";
import { readServer, type ServerAnswer } from "./read-server.ts";

/** A server and its known state. */
interface Server {
  readonly sql: SqlHandle;
  state: ServerState;
  /** The settings of its sessions that change values, for a message; empty without one. */
  inexact: string;
  asking: Promise<void> | undefined;
  /** The time of the question for the known state, on the clock of `performance.now()`. */
  askedAt: number;
  /** The time from which on the server may be asked again. */
  dueAt: number;
}

/** The servers of a handle of `replicas`, which all of its sessions share. */
export interface Cluster {
  readonly servers: readonly Server[];
  /** Milliseconds; undefined for what the session has written. */
  readonly staleness: number | undefined;
  /** The index of the primary. */
  primary: number;
  /** The identifier of the primary's cluster and database. */
  system: string | undefined;
  samples: readonly Sample[];
  /** The number of reads. */
  turn: number;
  /** Settles when every server was asked whether it is the primary. */
  finding: Promise<void> | undefined;
  /** Whether the pools were closed. */
  isClosed: boolean;
}

const UNKNOWN: ServerState = { role: "unknown", position: 0n, timeline: 0 };

/** The cluster of a primary and its replicas, about which nothing is known yet. */
export function newCluster(
  primary: SqlHandle,
  replicas: readonly SqlHandle[],
  staleness: number | undefined,
): Cluster {
  const servers = [primary, ...replicas].map(sql => ({
    ...{ sql, state: UNKNOWN, inexact: "", asking: undefined },
    ...{ askedAt: Number.NEGATIVE_INFINITY, dueAt: 0 },
  }));
  return {
    ...{ servers, staleness, primary: 0, system: undefined },
    ...{ samples: [], turn: 0, finding: undefined, isClosed: false },
  };
}

/** The handle of the primary. */
export function primaryOf({ servers, primary }: Cluster): SqlHandle {
  return servers[primary]!.sql;
}

/**
 * The known state of all servers. The position of a standby is known for a limited time: after a crash, or from a backup, it
 * starts at an earlier one, and the driver does not report that it has replaced the connections of an idle pool.
 */
export function statesOf({ servers }: Cluster): readonly ServerState[] {
  const oldest = performance.now() - TRUST_MS;
  return servers.map(({ state, askedAt }) =>
    state.role === "standby" && askedAt < oldest ? { ...state, role: "unknown" } : state,
  );
}

/** Milliseconds for which the answer of a server is believed. */
const TRUST_MS = 5_000;
/** Milliseconds until a server that is used is asked again. */
const RECHECK_MS = 1_000;
/** Milliseconds between two checks of a server that answers. */
const PAUSE_MS = 25;
/** Milliseconds until a server that failed is asked again. */
const RETRY_MS = 250;
/** Milliseconds to wait for the servers' answers after the primary has failed. */
const FIND_MS = 2_000;

/** Asks the servers whose known state is too old for a read, without waiting for their answers. */
export function refresh(cluster: Cluster, needed: bigint | undefined): void {
  const now = performance.now();
  for (const [index, server] of cluster.servers.entries())
    if (now >= server.dueAt && (now > server.askedAt + RECHECK_MS || isUnclear(cluster, index, needed)))
      ask(cluster, server);
}

function isUnclear(cluster: Cluster, index: number, needed: bigint | undefined): boolean {
  const { state } = cluster.servers[index]!;
  if (cluster.staleness !== undefined || UNUSED.has(state.role)) return true;
  if (index === cluster.primary || state.role !== "standby" || needed === undefined) return false;
  return !isRecent(state, needed, cluster.servers[cluster.primary]!.state.timeline);
}

const UNUSED: ReadonlySet<ServerState["role"]> = new Set(["unknown", "gone", "foreign"]);

/** Asks a server; concurrent callers share the answer. It never rejects. */
function ask(cluster: Cluster, server: Server): Promise<void> {
  const time = performance.now();
  server.asking ??= readServer(server.sql)
    .then(
      answer => accept(cluster, server, answer, time),
      () => leaveOut(server),
    )
    .finally(() => {
      server.asking = undefined;
    });
  return server.asking;
}

function accept(cluster: Cluster, server: Server, answer: ServerAnswer, time: number): void {
  server.askedAt = time;
  server.inexact = answer.inexact;
  server.dueAt = performance.now() + (cluster.staleness === undefined ? PAUSE_MS : cluster.staleness / 4);
  learnSystem(cluster, server, answer);
  if (cluster.system === undefined) return;
  if (answer.system !== cluster.system) {
    server.state = { role: "foreign", position: 0n, timeline: 0 };
    return;
  }
  const { role, position } = answer;
  server.state = { role, position, timeline: timelineOf(server.state, answer) };
  follow(cluster);
  if (server !== cluster.servers[cluster.primary] || role !== "primary") return;
  const { staleness = 0 } = cluster;
  const recent = cluster.samples.filter(sample => sample.time >= time - staleness);
  cluster.samples = [...recent, { time, position }];
}

// The primary can be replaced by another cluster, as by pg_upgrade or from a dump. Then nothing is known of the others.
function learnSystem(cluster: Cluster, server: Server, { system, role }: ServerAnswer): void {
  const primary = cluster.servers[cluster.primary]!;
  if (server === primary || primary.state.role === "gone") cluster.system ??= system;
  if (server !== primary || role !== "primary" || system === cluster.system) return;
  cluster.system = system;
  cluster.samples = [];
  for (const other of cluster.servers) Object.assign(other, { state: UNKNOWN, dueAt: 0 });
}

// A standby that has lost its connection reports the timeline of its last restart point, which can be an earlier one.
function timelineOf(known: ServerState, { position, timeline }: ServerAnswer): number {
  return position < known.position ? timeline : Math.max(timeline, known.timeline);
}

// Positions of an earlier timeline do not show what the new primary has committed.
function follow(cluster: Cluster): void {
  const primary = choosePrimary(statesOf(cluster), cluster.primary);
  if (primary !== cluster.primary) cluster.samples = [];
  cluster.primary = primary;
}

function leaveOut(server: Server): void {
  server.state = { ...server.state, role: "gone" };
  server.dueAt = performance.now() + RETRY_MS;
}

/** Leaves a server out, until it answers again. */
export function leaveOutServer({ servers }: Cluster, index: number): void {
  leaveOut(servers[index]!);
}

/** Leaves a server out until it answers, which one that hangs does not. */
export function suspectServer(cluster: Cluster, index: number): void {
  const server = cluster.servers[index]!;
  leaveOut(server);
  ask(cluster, server);
}

/** Asks all servers which of them is the primary, and waits for a new one or for all answers, for a limited time. */
export function findPrimary(cluster: Cluster): Promise<void> {
  cluster.finding ??= findOnce(cluster).finally(() => {
    cluster.finding = undefined;
  });
  return cluster.finding;
}

async function findOnce(cluster: Cluster): Promise<void> {
  const former = cluster.primary;
  const found = Promise.withResolvers<void>();
  const check = (): void => {
    if (cluster.primary !== former) found.resolve();
  };
  const answers = askServers(cluster).map(answer => answer.then(check));
  await Promise.race([found.promise, Promise.all(answers), Bun.sleep(FIND_MS)]);
}

/** Waits for the answer of a primary that was not asked recently: it can have become a standby without a failure. */
export async function confirmPrimary(cluster: Cluster): Promise<void> {
  const server = cluster.servers[cluster.primary]!;
  if (server.state.role === "primary" && performance.now() < server.askedAt + TRUST_MS) return;
  await ask(cluster, server);
  if (server.state.role === "standby" && server === cluster.servers[cluster.primary])
    await findPrimary(cluster);
}

/** Asks all servers which of them is the primary, without a limit. */
export function askServers(cluster: Cluster): readonly Promise<void>[] {
  return cluster.servers.map(server => ask(cluster, server));
}

/**
 * Throws ArgumentError if a server is not a copy of the primary, or its database is another one; SettingsError if its sessions
 * would return other values than those of the primary.
 */
export function requireCopies({ servers, primary }: Cluster): void {
  const original = servers[primary]!;
  for (const server of servers) {
    if (server !== original && server.state.role === "foreign")
      throw new ArgumentError(
        `replicas: ${describeHandle(server.sql)} is not a streaming replica of ${describeHandle(original.sql)}; pass a standby of the same cluster, with the same database`,
      );
    if (server.state.role === "standby" && server.inexact !== "" && server.inexact !== original.inexact)
      throw new SettingsError(
        `replicas: the sessions of ${describeHandle(server.sql)} do not keep values exact: ${server.inexact}; open its pool with connect(url) or new SQL(url, { connection: EXACT_SETTINGS })`,
      );
  }
}
