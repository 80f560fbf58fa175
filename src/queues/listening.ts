import type { ListeningHandle } from "../driver/handle.ts";
import { makeInbox } from "./inbox.ts";

/** Why notifications may have been missed. */
export type Gap = "connection lost" | "too many";

/** How a subscription behaves. */
export interface ListenOptions {
  /** Told when notifications may have been missed: the connection was lost and made again, or too many were waiting. */
  readonly onGap?: (why: Gap) => void;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  /** Notifications that may wait to be taken; 10,000 by default. */
  readonly limit?: number;
}

const LIMIT = 10_000;

/** The payloads that come on a channel, until the loop ends or the signal is aborted. */
export async function* listening(
  sql: ListeningHandle,
  channel: string,
  { onGap, signal, limit = LIMIT }: ListenOptions,
): AsyncGenerator<string, void, undefined> {
  if (signal?.aborted) return;
  const inbox = makeInbox<string>(limit, () => onGap?.("too many"));
  let isFirst = true;
  // The driver connects again by itself, and calls this each time.
  const onListen = (): void => {
    if (!isFirst) onGap?.("connection lost");
    isFirst = false;
  };
  const subscription = await sql.listen(channel, inbox.push, onListen);
  signal?.addEventListener("abort", inbox.close, { once: true });
  try {
    if (signal?.aborted) return;
    yield* inbox.items();
  } finally {
    signal?.removeEventListener("abort", inbox.close);
    await subscription.unlisten();
  }
}
