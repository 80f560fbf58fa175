/** The minimum length of a chunk in UTF-16 code units. */
const CHUNK_UNITS = 16_384;

/**
 * Texts as a stream of bytes. The next text is requested when the reader has room. A canceled stream calls `close`, because
 * a generator that was never started runs nothing when it is ended.
 */
export function textStream(
  texts: AsyncGenerator<string, void, undefined>,
  close: () => Promise<void>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      pull: async controller => {
        let text = "";
        while (text.length < CHUNK_UNITS) {
          const { done, value } = await texts.next();
          if (done) {
            if (text !== "") controller.enqueue(encoder.encode(text));
            controller.close();
            return;
          }
          text += value;
        }
        controller.enqueue(encoder.encode(text));
      },
      cancel: async () => {
        await texts.return();
        await close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Items whose first one has arrived. */
export interface ArrivedItems<Item> {
  readonly first: Item | undefined;
  readonly all: AsyncIterable<Item>;
  /** Ends the items, even if none was read. */
  readonly close: () => Promise<void>;
}

/** Waits for the first item, so that an error before it is thrown. */
export async function awaitFirst<Item>(items: AsyncIterable<Item>): Promise<ArrivedItems<Item>> {
  const iterator = items[Symbol.asyncIterator]();
  const { done, value } = await iterator.next();
  const first = done ? undefined : (value as Item);
  const close = async (): Promise<void> => void (await iterator.return?.());
  return { first, all: followingItems(first, iterator), close };
}

async function* followingItems<Item>(
  first: Item | undefined,
  iterator: AsyncIterator<Item>,
): AsyncGenerator<Item, void, undefined> {
  if (first === undefined) return;
  yield first;
  for (;;) {
    const { done, value } = await iterator.next();
    if (done) return;
    yield value;
  }
}
