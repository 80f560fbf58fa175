/** What has come and was not taken yet. */
export interface Inbox<Item> {
  readonly push: (item: Item) => void;
  /** Ends the items after those that are there. */
  readonly close: () => void;
  readonly items: () => AsyncGenerator<Item, void, undefined>;
}

/** A queue in memory; beyond `limit` items the oldest is dropped, which `onDropped` is told. */
export function makeInbox<Item>(limit: number, onDropped: () => void): Inbox<Item> {
  const waiting: Item[] = [];
  let isClosed = false;
  let wake = (): void => {};
  return {
    push: item => {
      if (isClosed) return;
      if (waiting.push(item) > limit) {
        waiting.shift();
        onDropped();
      }
      wake();
    },
    close: () => {
      isClosed = true;
      wake();
    },
    items: async function* () {
      for (;;) {
        const came = new Promise<void>(resolve => {
          wake = resolve;
        });
        while (waiting.length > 0) yield waiting.shift()!;
        if (isClosed) return;
        await came;
      }
    },
  };
}
