import type { ListeningHandle } from "../driver/handle.ts";
import { sendForValues } from "../driver/send.ts";
import { QueryError } from "../errors.ts";
import { subscribe } from "./subscribe.ts";

/** Milliseconds that a notification to oneself may take. */
const WAIT_MS = 5_000;

/**
 * Sends a notification to itself on its own channel, because LISTEN through a transaction pooler succeeds and nothing
 * ever arrives.
 * @throws QueryError if it does not arrive
 */
export async function requireNotifications(sql: ListeningHandle, channel: string): Promise<void> {
  const probe = `rowfn_${crypto.randomUUID()}`;
  const arrival = Promise.withResolvers<boolean>();
  const subscription = await subscribe(sql, probe, () => arrival.resolve(true));
  const timer = setTimeout(() => arrival.resolve(false), WAIT_MS);
  try {
    await sendForValues(sql, "SELECT pg_notify($1::text, '')", [probe]);
    if (await arrival.promise) return;
  } finally {
    clearTimeout(timer);
    await subscription.unlisten();
  }
  throw new QueryError(
    `channel ${JSON.stringify(channel)}: notifications do not arrive; a transaction pooler cannot LISTEN, so connect to the server directly`,
    { sqlstate: undefined, text: `LISTEN "${channel}"`, cause: undefined },
  );
}
