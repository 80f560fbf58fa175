import { mkdtempSync, rmSync, type Stats } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FileSource, sourceText } from "./file-source.ts";
import { positionAfter, TEXT_START } from "./text-position.ts";

/** A source that can be read several times, until it is disposed of. */
export interface RereadableSource extends AsyncDisposable {
  readonly source: FileSource;
}

/** The source itself if it can be read again, or a copy of it in a temporary file that only this user can read. */
export async function rereadableSource(
  source: FileSource,
  signal: AbortSignal | undefined,
): Promise<RereadableSource> {
  if (await canReadAgain(source)) return { source, [Symbol.asyncDispose]: async () => {} };
  signal?.throwIfAborted();
  const directory = mkdtempSync(join(tmpdir(), "rowfn-import-"));
  const removeNow = (): void => rmSync(directory, { recursive: true, force: true });
  // The call does not wait for this function at its deadline, and its process may end then.
  signal?.addEventListener("abort", removeNow, { once: true });
  const remove = async (): Promise<void> => {
    signal?.removeEventListener("abort", removeNow);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const path = join(directory, "rows");
    const writer = Bun.file(path).writer();
    let position = TEXT_START;
    for await (const text of sourceText(source, signal, () => {})) {
      // The file would have U+FFFD for a lone surrogate.
      position = positionAfter(position, text);
      writer.write(text);
      await writer.flush();
    }
    await writer.end();
    return { source: Bun.file(path), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Whether a source can be read again. Standard input and pipes are Blobs that can be read once. */
export async function canReadAgain(source: FileSource): Promise<boolean> {
  if (typeof source === "string" || source instanceof Uint8Array) return true;
  // A file in S3 is requested once.
  if (!(source instanceof Blob) || "presign" in source) return false;
  const { stat, name } = source as Partial<Bun.BunFile>;
  // What is in memory has no statistics.
  const found: Stats | undefined = await stat?.call(source);
  return found === undefined || (name !== undefined && found.isFile());
}
