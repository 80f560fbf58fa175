import type { ListeningHandle } from "../../src/index.ts";

/** A handle whose notifications are delivered by the test. */
export interface FakeListening {
  readonly sql: ListeningHandle;
  /** Delivers a payload to the listeners of a channel immediately. */
  readonly deliver: (channel: string, payload: string) => void;
  /** Informs the listeners of a channel that the connection was reopened. */
  readonly reconnect: (channel: string) => void;
  readonly isListening: (channel: string) => boolean;
}

/**
 * A handle without a server, which identifies itself as PostgreSQL. If it is pooled, its own notifications do not
 * arrive, as through a transaction pooler.
 */
export function fakeListening(isPooled = false): FakeListening {
  const listeners = new Map<
    string,
    { readonly push: (payload: string) => void; readonly confirm: () => void }
  >();
  const deliver = (channel: string, payload: string): void => listeners.get(channel)?.push(payload);
  const sql = {
    options: {},
    unsafe: (_text: string, [channel]: readonly string[]) => ({
      values: async () => {
        if (channel === undefined)
          return [[JSON.stringify({ version: "PostgreSQL 18.4", versionNum: 180_004 })]];
        if (!isPooled) deliver(channel, "");
        return [];
      },
    }),
    listen: async (channel: string, push: (payload: string) => void, confirm: () => void = () => {}) => {
      listeners.set(channel, { push, confirm });
      confirm();
      return { unlisten: async () => void listeners.delete(channel) };
    },
  };
  return {
    sql: sql as unknown as ListeningHandle,
    deliver,
    reconnect: channel => listeners.get(channel)?.confirm(),
    isListening: channel => listeners.has(channel),
  };
}
