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

/** The text of a source in pieces; `onBytes` is told of the length of each. */
export async function* textChunks(
  source: FileSource,
  onBytes: (bytes: number) => void,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const piece of piecesOf(source)) {
    onBytes(piece.length);
    yield typeof piece === "string" ? piece : decoded(() => decoder.decode(piece, { stream: true }));
  }
  yield decoded(() => decoder.decode());
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
