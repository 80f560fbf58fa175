import { RowfnError } from "../errors.ts";

/** Where the bytes or the text of a file come from: a text, a file or blob, a response, a stream, any pieces. */
export type FileSource =
  | string
  | Uint8Array
  | Blob
  | Response
  | ReadableStream<Uint8Array>
  | AsyncIterable<string | Uint8Array>
  | Iterable<Uint8Array>;

/** The text of a source in pieces, until the signal is aborted; `onBytes` is told of the length of each. */
export async function* textChunks(
  source: FileSource,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const piece of untilAborted(piecesOf(source), signal)) {
    onBytes(Buffer.byteLength(piece));
    yield* slices(typeof piece === "string" ? piece : decoded(() => decoder.decode(piece, { stream: true })));
  }
  yield decoded(() => decoder.decode());
}

/** UTF-16 units whose rows are in memory together. */
const SLICE = 65_536;

/** A text in pieces that cut no character in two. */
function* slices(text: string): Generator<string, void, undefined> {
  let start = 0;
  while (text.length - start > SLICE) {
    const end = start + SLICE;
    const isCut = (text.charCodeAt(end) & 0xfc00) === 0xdc00;
    yield text.slice(start, isCut ? end + 1 : end);
    start = isCut ? end + 1 : end;
  }
  if (start < text.length) yield text.slice(start);
}

// A source that has stopped coming would otherwise keep the import waiting.
async function* untilAborted<Piece>(
  pieces: AsyncIterable<Piece> | Iterable<Piece>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Piece, void, undefined> {
  if (signal === undefined) return yield* pieces;
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  aborted.promise.catch(() => {});
  signal.addEventListener("abort", abort);
  try {
    signal.throwIfAborted();
    const iterator =
      Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
    for (;;) {
      const { done, value } = await Promise.race([iterator.next(), aborted.promise]);
      if (done) return;
      yield value;
      signal.throwIfAborted();
    }
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function piecesOf(source: FileSource): AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array> {
  if (typeof source === "string" || source instanceof Uint8Array) return [source];
  if (source instanceof Blob) return source.stream();
  if (source instanceof Response) return source.body ?? [];
  return source;
}

function decoded(decode: () => string): string {
  try {
    return decode();
  } catch (error) {
    throw new RowfnError("the file is not UTF-8", { cause: error });
  }
}
