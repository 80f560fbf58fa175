import { RowfnError } from "../../index.ts";

/** The text of a file, or of standard input without a path; `onBytes` is told of every piece that was read. */
export async function* textChunks(
  path: string | undefined,
  onBytes: (bytes: number) => void,
): AsyncGenerator<string, void, undefined> {
  const source = path === undefined ? Bun.stdin : Bun.file(path);
  if (path !== undefined && !(await Bun.file(path).exists()))
    throw new RowfnError(`there is no file ${path}`);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const bytes of source.stream() as AsyncIterable<Uint8Array>) {
    onBytes(bytes.length);
    yield decoded(decoder, bytes, path);
  }
  yield decoded(decoder, undefined, path);
}

function decoded(decoder: TextDecoder, bytes: Uint8Array | undefined, path: string | undefined): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch (error) {
    throw new RowfnError(`${path ?? "standard input"} is not UTF-8`, { cause: error });
  }
}
