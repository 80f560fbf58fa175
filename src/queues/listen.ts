import { closedPoolError } from "../driver/closed-pool.ts";
import type { ListeningHandle } from "../driver/handle.ts";
import { queryError } from "../driver/query-error.ts";
import { ArgumentError } from "../errors.ts";
import type { OptionNames } from "../schema/arguments.ts";
import { requireAbility } from "../schema/require-ability.ts";
import { describeValue } from "../types/problem.ts";
import { requireNotifications, subscribe, unlessAborted } from "./subscribe.ts";

/** The reason why notifications may have been missed. */
export type Gap = "connection lost" | "too many";

/** Options of everything that listens on a channel. */
export interface ListenOptions {
  /**
   * Called once per gap, when notifications may have been missed: the connection was lost, or more than `limit` were
   * waiting. `lost` is the number of notifications that were dropped, if it is known.
   */
  readonly onGap?: (why: Gap, lost?: number) => void;
  /** Called when the server has confirmed that it listens: read the state after this, so that no change falls between. */
  readonly onListen?: () => void;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  /** The maximum number of notifications that wait for the loop; 10,000 by default. */
  readonly limit?: number;
}

/** The names of the options in `ListenOptions`. */
export const LISTEN_OPTIONS: OptionNames<ListenOptions> = {
  onGap: true,
  signal: true,
  limit: true,
  onListen: true,
};

const LIMIT = 10_000;

/** Throws ArgumentError for a limit with which no notification would ever arrive. */
export function requireLimit(limit: unknown): void {
  if (limit !== undefined && !(Number.isSafeInteger(limit) && (limit as number) > 0))
    throw new ArgumentError(`limit must be a positive integer, received ${describeValue(limit)}`);
}

/**
 * The payloads that arrive on a channel, until the loop ends or the signal is aborted.
 * @param mark an item that is yielded when listening begins, and each time it begins again
 */
export async function* listen(
  sql: ListeningHandle,
  channel: string,
  { onGap, onListen, signal, limit = LIMIT }: ListenOptions,
  mark?: string,
): AsyncGenerator<string, void, undefined> {
  if (signal?.aborted) return;
  const inbox = newInbox<string>(limit, lost => onGap?.("too many", lost));
  let isFirst = true;
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure ??= { error };
    inbox.close();
  };
  // The driver reconnects by itself and calls this each time. It would not pass on an error of the caller's functions.
  const onConfirm = (): void => {
    try {
      if (!isFirst) onGap?.("connection lost");
      isFirst = false;
      onListen?.();
      if (mark !== undefined) inbox.push(mark);
    } catch (error) {
      fail(error);
    }
  };
  const start = async (): ReturnType<typeof subscribe> => {
    await requireAbility(sql, "listen", `channel ${JSON.stringify(channel)}`);
    await requireNotifications(sql, channel);
    return await subscribe(sql, channel, inbox.push, onConfirm);
  };
  const subscription = await unlessAborted(start(), signal);
  if (subscription === undefined) return;
  const end = (): void => inbox.close(true);
  signal?.addEventListener("abort", end);
  const timer = onceClosed(sql, error => fail(queryError(error, `LISTEN "${channel}"`, { sql })));
  try {
    if (signal?.aborted) return;
    yield* inbox.items();
    if (failure !== undefined) throw failure.error;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", end);
    await subscription.unlisten();
  }
}

/** Milliseconds between two checks of whether the pool is open. */
const CHECK_MS = 500;

/** Calls a function with the error of a pool that is closed, because the driver does not report that it stops listening. */
function onceClosed(sql: ListeningHandle, report: (error: unknown) => void): NodeJS.Timeout {
  const check = async (): Promise<void> => {
    const error = await closedPoolError(sql);
    if (error !== undefined) report(error);
  };
  return setInterval(check, CHECK_MS).unref();
}

/** A queue in memory between a callback and a loop. */
interface Inbox<Item> {
  readonly push: (item: Item) => void;
  /** Ends `items`: after the items that are waiting, or at once. */
  readonly close: (atOnce?: boolean) => void;
  readonly items: () => AsyncGenerator<Item, void, undefined>;
}

/** An inbox that drops its oldest items beyond `limit`; `onDrop` is called before the next item with their number. */
function newInbox<Item>(limit: number, onDrop: (lost: number) => void): Inbox<Item> {
  const waiting: Item[] = [];
  let lost = 0;
  let isClosed = false;
  let wake = (): void => {};
  return {
    push: item => {
      if (isClosed) return;
      if (waiting.push(item) > limit) {
        waiting.shift();
        lost++;
      }
      wake();
    },
    close: (atOnce = false) => {
      isClosed = true;
      if (atOnce) waiting.length = lost = 0;
      wake();
    },
    items: async function* () {
      for (;;) {
        const arrival = new Promise<void>(resolve => {
          wake = resolve;
        });
        while (waiting.length > 0) {
          const dropped = lost;
          lost = 0;
          if (dropped > 0) onDrop(dropped);
          yield waiting.shift()!;
        }
        if (isClosed) return;
        await arrival;
      }
    },
  };
}
