import { Readable } from "node:stream";
import { ArgumentError } from "../errors.ts";
import { describeValue } from "../types/problem.ts";
import { newTextDecoder } from "./decode-text.ts";

/** The content of a file: a string, bytes, a file or blob, a response, a stream, or chunks. */
export type FileSource =
  | string
  | Uint8Array
  | Blob
  | Response
  | ReadableStream<Uint8Array>
  | AsyncIterable<string | Uint8Array>
  | Iterable<Uint8Array>;

/** The text of a source in chunks, until the signal is aborted; `onBytes` is called with the bytes of each chunk. */
export async function* sourceText(
  source: FileSource,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): AsyncGenerator<string, void, undefined> {
  requireSource(source);
  const decoder = newTextDecoder();
  let rest = "";
  for await (const chunk of untilAborted(chunksOf(source), signal)) {
    requireChunk(chunk);
    onBytes(Buffer.byteLength(chunk));
    const text = rest + decoder.text(chunk);
    rest = HALF_PAIR.exec(text)?.[0] ?? "";
    yield* slices(text.slice(0, text.length - rest.length));
  }
  yield rest + decoder.end();
}

// The first half of a character whose second half may begin the next chunk.
const HALF_PAIR = /[\ud800-\udbff]$/;

/** The UTF-16 code units of a slice, which limit the rows in memory. */
const SLICE_UNITS = 65_536;

/** A string in slices that split no surrogate pair. */
function* slices(text: string): Generator<string, void, undefined> {
  let start = 0;
  while (text.length - start > SLICE_UNITS) {
    const end = start + SLICE_UNITS;
    const isPair = (text.charCodeAt(end) & 0xfc00) === 0xdc00;
    yield text.slice(start, isPair ? end + 1 : end);
    start = isPair ? end + 1 : end;
  }
  if (start < text.length) yield text.slice(start);
}

// A stalled source would otherwise block the import forever.
async function* untilAborted<Chunk>(
  chunks: AsyncIterable<Chunk> | Iterable<Chunk>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Chunk, void, undefined> {
  if (signal === undefined) return yield* chunks;
  const iterator = iteratorOf(chunks);
  let stop: (reason: unknown) => void = () => {};
  const abort = (): void => stop(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    signal.throwIfAborted();
    for (;;) {
      // A race with one promise of the abort would keep every chunk until the source ends.
      const next = await new Promise<Next<Chunk>>((resolve, reject) => {
        stop = reject;
        Promise.resolve(iterator.next()).then(resolve, reject);
      });
      if (next.done) return;
      yield next.value;
      signal.throwIfAborted();
    }
  } finally {
    signal.removeEventListener("abort", abort);
    // A generator that stalls would be closed only after its next chunk.
    const closed = Promise.resolve(iterator.return?.()).catch(() => {});
    if (!signal.aborted) await closed;
  }
}

interface Pieces<Chunk> {
  readonly next: () => Next<Chunk> | Promise<Next<Chunk>>;
  readonly return?: () => unknown;
}

type Next<Chunk> = { readonly done?: false; readonly value: Chunk } | { readonly done: true };

// The iterator of a stream could be closed only after the chunk that it waits for.
function iteratorOf<Chunk>(chunks: AsyncIterable<Chunk> | Iterable<Chunk>): Pieces<Chunk> {
  if (!(chunks instanceof ReadableStream))
    return Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  const reader = (chunks as ReadableStream<Chunk>).getReader();
  const cancel = (): Promise<void> => reader.cancel().finally(() => reader.releaseLock());
  return { next: () => reader.read(), return: cancel };
}

function chunksOf(source: FileSource): AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array> {
  if (typeof source === "string" || source instanceof Uint8Array) return [source];
  if (source instanceof Blob) return source.stream();
  if (source instanceof Response) return source.body === null ? [] : unreadChunks(source.body);
  return source instanceof ReadableStream ? unreadChunks(source) : source;
}

/** The stream itself; throws ArgumentError if other code reads it, or has read it, as its rows would be missing. */
function unreadChunks(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  if (stream.locked) throw new ArgumentError("the source is a stream that other code reads or has read");
  return isDisturbed(stream) ? someChunks(stream) : stream;
}

// Other code may have read the beginning on purpose, but not everything.
async function* someChunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let isEmpty = true;
  for await (const chunk of stream) {
    isEmpty = false;
    yield chunk;
  }
  if (isEmpty) throw new ArgumentError("the source is a stream that other code has read to its end");
}

function isDisturbed(stream: ReadableStream<Uint8Array>): boolean {
  return Readable.isDisturbed(stream as unknown as NodeJS.ReadableStream);
}

function requireSource(source: unknown): void {
  const isObject = typeof source === "object" && source !== null;
  const isChunks = isObject && (Symbol.iterator in source || Symbol.asyncIterator in source);
  if (source instanceof Response && !source.ok)
    throw new ArgumentError(`the source is a response with status ${source.status}, which is not a file`);
  if (typeof source === "string" || isChunks || source instanceof Blob || source instanceof Response) return;
  throw new ArgumentError(
    `the source must be a string, bytes, a file, a response, a stream, or an iterable of chunks, received ${describeValue(source)}`,
  );
}

function requireChunk(chunk: unknown): void {
  if (typeof chunk === "string" || ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer) return;
  const advice = typeof chunk === "object" && chunk !== null ? "; insertMany and upsertMany write rows" : "";
  throw new ArgumentError(
    `a chunk of the source must be a string or a Uint8Array, received ${describeValue(chunk)}${advice}`,
  );
}
