import { withCallSite } from "../driver/call-site.ts";
import type { ListeningHandle } from "../driver/handle.ts";
import { sendForValues } from "../driver/send.ts";
import { statementError } from "../driver/statement-error.ts";
import { QueryError } from "../errors.ts";

/** Milliseconds to wait until a server no longer listens; one that hangs does not answer. */
const END_MS = 5_000;

/** Listens on a channel; throws QueryError. `unlisten` waits for a limited time. */
export async function subscribe(
  sql: ListeningHandle,
  channel: string,
  onNotify: (payload: string) => void,
  onConfirm?: () => void,
): ReturnType<ListeningHandle["listen"]> {
  try {
    const subscription = await sql.listen(channel, onNotify, onConfirm);
    return { unlisten: () => withinTime(subscription.unlisten()) };
  } catch (error) {
    throw await statementError(error, `LISTEN "${channel}"`, { sql });
  }
}

/** Waits for the end of a subscription, for a limited time. */
async function withinTime(ending: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, END_MS);
  await Promise.race([ending, late.promise]).finally(() => clearTimeout(timer));
}

/**
 * Waits for a subscription; undefined if the signal is aborted before, because a server that hangs does not answer. One that begins
 * afterwards ends at once.
 */
export async function unlessAborted(
  starting: ReturnType<typeof subscribe>,
  signal: AbortSignal | undefined,
): Promise<Awaited<typeof starting> | undefined> {
  if (signal === undefined) return await starting;
  const stopped = Promise.withResolvers<undefined>();
  const stop = (): void => stopped.resolve(undefined);
  signal.addEventListener("abort", stop);
  try {
    const subscription = await Promise.race([starting, stopped.promise]);
    if (subscription === undefined)
      await withinTime(starting.then(({ unlisten }) => unlisten())).catch(() => {});
    return subscription;
  } catch (error) {
    throw withCallSite(error);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Milliseconds that a notification to oneself may take. */
const WAIT_MS = 5_000;

// Keyed by the options of a handle, which its wrappers share: whether notifications arrive, if that is known.
const probes = new WeakMap<object, Promise<boolean>>();

/**
 * Sends a notification to itself on its own channel, because LISTEN through a transaction pooler succeeds and nothing
 * ever arrives. A handle does so once: all its channels have one connection, and while that sends LISTEN for another
 * channel, a notification could arrive by chance.
 * @throws QueryError if it does not arrive
 */
export async function requireNotifications(sql: ListeningHandle, channel: string): Promise<void> {
  let probe = probes.get(sql.options);
  if (probe === undefined) {
    probe = receivesNotifications(sql);
    probes.set(sql.options, probe);
  }
  let arrives = false;
  try {
    arrives = await probe;
  } finally {
    if (!arrives) probes.delete(sql.options);
  }
  if (arrives) return;
  throw new QueryError(
    `channel ${JSON.stringify(channel)}: notifications do not arrive; a transaction pooler cannot LISTEN, so connect to the server directly`,
    { sqlstate: undefined, text: `LISTEN "${channel}"`, cause: undefined },
  );
}

async function receivesNotifications(sql: ListeningHandle): Promise<boolean> {
  const channel = `rowfn_${crypto.randomUUID()}`;
  const arrival = Promise.withResolvers<boolean>();
  const subscription = await subscribe(sql, channel, () => arrival.resolve(true));
  const timer = setTimeout(() => arrival.resolve(false), WAIT_MS);
  try {
    await sendForValues(sql, "SELECT pg_notify($1::text, '')", [channel]);
    return await arrival.promise;
  } finally {
    clearTimeout(timer);
    await subscription.unlisten();
  }
}
