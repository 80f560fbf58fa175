import { withCallSite } from "../driver/call-site.ts";

/** A caller that waits for a row. */
interface Waiting<Row> {
  readonly resolve: (row: Row | undefined) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | undefined;
}

/** The keys of one tick, each with the callers that wait for its row. */
export interface LoadBatch<Key, Row> {
  /** Has the frames of the first caller. */
  readonly site: Error;
  readonly entries: Map<string, { readonly key: Key; readonly waiting: Set<Waiting<Row>> }>;
}

/** Adds a caller; its signal ends only its own wait. */
export function joinBatch<Key, Row>(
  { entries }: LoadBatch<Key, Row>,
  id: string,
  key: Key,
  signal: AbortSignal | undefined,
): Promise<Row | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Row | undefined>();
  const entry = entries.get(id) ?? { key, waiting: new Set() };
  entries.set(id, entry);
  const abort = (): void => {
    entry.waiting.delete(waiting);
    reject(signal!.reason);
  };
  const waiting = { resolve, reject, signal };
  entry.waiting.add(waiting);
  if (signal === undefined) return promise;
  signal.addEventListener("abort", abort);
  return promise.finally(() => signal.removeEventListener("abort", abort));
}

/** Loads the keys for which a caller still waits, and gives each caller its row or the error. */
export async function loadBatch<Key, Row>(
  { entries, site }: LoadBatch<Key, Row>,
  load: (keys: readonly Key[], signal: AbortSignal | undefined) => Promise<readonly (Row | undefined)[]>,
): Promise<void> {
  const wanted = [...entries.values()].filter(({ waiting }) => waiting.size > 0);
  if (wanted.length === 0) return;
  const callers = wanted.flatMap(({ waiting }) => [...waiting]);
  const keys = wanted.map(({ key }) => key);
  const all = signalOfAll(callers);
  try {
    const rows = await load(keys, all?.signal);
    for (const [index, { waiting }] of wanted.entries())
      for (const { resolve } of waiting) resolve(rows[index]);
  } catch (error) {
    const reason = withCallSite(error, site);
    for (const { reject } of callers) reject(reason);
  } finally {
    all?.clear();
  }
}

interface SignalOfAll {
  readonly signal: AbortSignal;
  readonly clear: () => void;
}

// The statement is canceled when the last of its callers has stopped waiting; undefined if one of them cannot.
function signalOfAll(callers: readonly Pick<Waiting<never>, "signal">[]): SignalOfAll | undefined {
  const signals = callers.flatMap(({ signal }) => signal ?? []);
  if (signals.length < callers.length) return undefined;
  const all = new AbortController();
  const check = (): void => {
    if (signals.every(({ aborted }) => aborted)) all.abort(signals[0]!.reason);
  };
  for (const signal of signals) signal.addEventListener("abort", check);
  return {
    signal: all.signal,
    clear: () => {
      for (const signal of signals) signal.removeEventListener("abort", check);
    },
  };
}
