import { waitWithin } from "../driver/deadline.ts";
import { isTransaction, requireHandle, type SqlHandle } from "../driver/handle.ts";
import { REPLICAS, type ReplicaReads } from "../driver/replica-reads.ts";
import { INNER } from "../driver/wrap-handle.ts";
import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireArray, requireOptions } from "../schema/arguments.ts";
import { describeValue } from "../types/problem.ts";
import { type Cluster, newCluster, primaryOf } from "./cluster.ts";
import { listenOnPrimary } from "./listen-on-primary.ts";
import { primaryHandle, signalIn } from "./primary-handle.ts";
import { readOnCluster } from "./read-on-cluster.ts";
import { parsePosition, printPosition } from "./read-server.ts";
import { measure, neededBy, newSession, type Session } from "./session.ts";

/** Options of `replicas`. */
export interface ReplicaOptions {
  /**
   * The age of the rows that a read may return: `"session"` for at least everything that this handle has written
   * (default); or milliseconds, for everything that was committed before that time.
   */
  readonly staleness?: "session" | number;
}

const REPLICA_OPTIONS: OptionNames<ReplicaOptions> = { staleness: true };

/**
 * Returns a handle that reads from streaming replicas. It works in place of the primary with all functions. Functions that
 * read go to a replica that is recent enough, else to the primary, as do all other statements, transactions and row locks.
 * A replica that fails is left out and tried again; a promoted replica becomes the primary.
 * @param primary a pool of the primary
 * @param replicas pools of its standbys
 * @param options `staleness`: the age of rows that reads may return, in milliseconds
 * @returns a handle of the same kind, which is a session; `close` closes all pools
 * @throws ArgumentError if an argument is invalid; a read throws it if a server is not a copy of the primary, and SettingsError
 * if the sessions of a replica change values
 * @example `const all = replicas(sql, [sql], { staleness: 1_000 });`
 */
export function replicas<Handle extends SqlHandle>(
  primary: Handle,
  replicas: readonly SqlHandle[],
  options: ReplicaOptions = {},
): Handle {
  requirePool("primary", primary);
  requireArray("replicas", replicas);
  for (const [index, replica] of replicas.entries()) requirePool(`replicas[${index}]`, replica);
  requireOptions("replicas", options, REPLICA_OPTIONS);
  const cluster = newCluster(primary, replicas, requireStaleness(options.staleness));
  return sessionHandle(cluster, newSession()) as Handle;
}

function requirePool(name: string, sql: SqlHandle): void {
  requireHandle(sql);
  if (isTransaction(sql) || "release" in sql)
    throw new ArgumentError(`${name} must be a pool; a transaction or a reserved connection has one server`);
}

function requireStaleness(staleness: ReplicaOptions["staleness"] = "session"): number | undefined {
  if (staleness === "session") return undefined;
  if (Number.isFinite(staleness) && staleness > 0) return staleness;
  throw new ArgumentError(
    `staleness must be "session" or a positive number of milliseconds, received ${describeValue(staleness)}`,
  );
}

type Begin = (...args: unknown[]) => Promise<unknown>;

/** Methods that start something on a connection, which first wait for the search for a new primary. */
const STARTS: ReadonlySet<PropertyKey> = new Set([
  "begin",
  "transaction",
  "reserve",
  "distributed",
  "beginDistributed",
]);

/** Methods that close the pool. */
const CLOSES: ReadonlySet<PropertyKey> = new Set(["close", "end", Symbol.asyncDispose]);

/** The handle of a session. It stands for the server that is the primary at the time. */
function sessionHandle(cluster: Cluster, session: Session): SqlHandle {
  const handles = cluster.servers.map(({ sql }) => primaryHandle(cluster, session, sql));
  const current = (): SqlHandle => handles[cluster.primary]!;
  const reads: ReplicaReads = {
    read: (work, limits) => readOnCluster(cluster, session, current(), work, limits),
    session: position => sessionHandle(cluster, sessionFrom(position)),
    position: () => positionOf(cluster, session),
  };
  const start =
    (name: PropertyKey): Begin =>
    async (...args) => {
      await waitWithin(cluster.finding ?? Promise.resolve(), { signal: signalIn(args) });
      return await (current() as unknown as Record<PropertyKey, Begin>)[name]!(...args);
    };
  return new Proxy(primaryOf(cluster), {
    apply: (_, self, args) => Reflect.apply(current() as unknown as Begin, self, args),
    has: (_, name) => name === REPLICAS || Reflect.has(current(), name),
    get: (_, name) => {
      if (name === REPLICAS) return reads;
      if (name === INNER) return current();
      if (STARTS.has(name)) return start(name);
      if (CLOSES.has(name)) return closeAll(cluster, name);
      if (name === "listen") return listenOnPrimary.bind(undefined, cluster, session);
      return Reflect.get(current(), name);
    },
  });
}

function closeAll(cluster: Cluster, name: PropertyKey): Begin {
  const { servers } = cluster;
  return async (...args) => {
    cluster.isClosed = true;
    await Promise.all(
      servers.map(({ sql }) => (sql as unknown as Record<PropertyKey, Begin>)[name]!(...args)),
    );
  };
}

// After an invalid position the session knows nothing, so it reads from the primary until that has answered.
function sessionFrom(text: string | undefined): Session {
  const position = text === undefined ? undefined : parsePosition(text);
  const session = newSession(position);
  return text !== undefined && position === undefined ? { ...session, writes: 1 } : session;
}

async function positionOf(cluster: Cluster, session: Session): Promise<string | undefined> {
  while (neededBy(session) === undefined) await measure(cluster, session);
  return session.written === undefined ? undefined : printPosition(session.written);
}
