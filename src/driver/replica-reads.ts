import { type Limits, limitsOf, type SqlHandle } from "./handle.ts";

/** Runs a read on a server. */
type ServerRead<Result> = (server: SqlHandle) => Promise<Result>;

/** The servers of a handle of `replicas`, and the session whose writes its reads see. */
export interface ReplicaReads {
  /** Runs a read on a replica that is recent enough, or on the primary. The limits end its waits for a new primary. */
  read<Result>(work: ServerRead<Result>, limits: Limits): Promise<Result>;
  /** A handle of the same servers for a session that has seen the writes up to a position. */
  session(position: string | undefined): SqlHandle;
  /** The position after the session's writes; undefined if it has seen none. */
  position(): Promise<string | undefined>;
}

/** The property of a handle with its replicas. */
export const REPLICAS: unique symbol = Symbol.for("rowfn.replicas");

/** The replicas of a handle; undefined if it has none, as in a transaction. */
export function replicasOf(sql: SqlHandle): ReplicaReads | undefined {
  return (sql as { readonly [REPLICAS]?: ReplicaReads } | null | undefined)?.[REPLICAS];
}

/** The replicas of a wrapped handle, whose servers are wrapped in the same way. */
export function wrapReplicas(
  replicas: ReplicaReads | undefined,
  wrap: (sql: SqlHandle) => SqlHandle,
): ReplicaReads | undefined {
  if (replicas === undefined) return undefined;
  return {
    read: (work, limits) => replicas.read(server => work(wrap(server)), limits),
    session: position => wrap(replicas.session(position)),
    position: () => replicas.position(),
  };
}

/** The limits and the lock of a call that reads. */
interface ReaderOptions extends Limits {
  readonly lock?: string | undefined;
}

/**
 * Runs a call that only reads, on a replica if the handle has one for it. Rows are locked on the primary.
 * @param work receives the server and the options of the call, with the time that is left
 */
export function onReader<Options extends ReaderOptions | undefined, Result>(
  sql: SqlHandle,
  options: Options,
  work: (server: SqlHandle, options: Options) => Promise<Result>,
): Promise<Result> {
  const replicas = replicasOf(sql);
  if (replicas === undefined || options?.lock) return work(sql, options);
  const limits = limitsOf(sql, options) ?? {};
  const { timeout } = limits;
  if (timeout === undefined) return replicas.read(server => work(server, options), limits);
  const end = performance.now() + timeout;
  return replicas.read(
    server =>
      work(server, { ...options, timeout: Math.max(1, Math.round(end - performance.now())) } as Options),
    limits,
  );
}

/** As `onReader`, for pieces that arrive one after another; only the first one can come from a second server. */
export async function* piecesOnReader<Piece>(
  sql: SqlHandle,
  options: Limits | undefined,
  open: (server: SqlHandle) => AsyncGenerator<Piece, void, undefined>,
): AsyncGenerator<Piece, void, undefined> {
  const replicas = replicasOf(sql);
  if (replicas === undefined) return yield* open(sql);
  const { pieces, first } = await replicas.read(async server => {
    const pieces = open(server);
    return { pieces, first: await pieces.next() };
  }, limitsOf(sql, options) ?? {});
  if (first.done) return;
  try {
    yield first.value;
    yield* pieces;
  } finally {
    await pieces.return();
  }
}
