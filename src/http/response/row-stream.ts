/** The minimum length of a chunk in UTF-16 code units. */
const CHUNK_UNITS = 16_384;

type Texts = AsyncGenerator<string, void, undefined>;

/** What a stream calls at its end. */
export interface StreamEnds {
  /** The reader has gone. A generator that was never started runs nothing when it is ended. */
  readonly close: () => Promise<void>;
  /** Called with the error that ends the response early. */
  readonly fail: (error: unknown) => void;
}

/** Texts as a stream of bytes. The next text is requested when the reader has room. */
export function textStream(texts: Texts, { close, fail }: StreamEnds): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      pull: async controller => {
        const { text, isLast } = await nextChunk(texts).catch(error => {
          fail(error);
          throw error;
        });
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (isLast) controller.close();
      },
      cancel: async () => {
        await texts.return();
        await close();
      },
    },
    { highWaterMark: 0 },
  );
}

async function nextChunk(texts: Texts): Promise<{ readonly text: string; readonly isLast: boolean }> {
  let text = "";
  while (text.length < CHUNK_UNITS) {
    const { done, value } = await texts.next();
    if (done) return { text, isLast: true };
    text += value;
  }
  return { text, isLast: false };
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
