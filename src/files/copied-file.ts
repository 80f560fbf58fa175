import { copyOut } from "../driver/copy-out.ts";
import type { SqlHandle } from "../driver/handle.ts";
import { inTransaction } from "../rows/in-transaction.ts";
import { type RunOptions, runValue } from "../rows/run.ts";
import type { CopyOut } from "../statements/copy-out-sql.ts";
import { type FileProgress, rowProgress } from "./row-progress.ts";

interface CopyOptions extends RunOptions {
  readonly onProgress?: (progress: FileProgress) => void;
  readonly signal?: AbortSignal;
}

/** A file that the server writes, in a transaction of its own. */
export function copiedFile(
  sql: SqlHandle,
  statements: CopyOut,
  header: boolean,
  options: CopyOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  return inTransaction(sql, tx => copied(tx, statements, header, options));
}

async function* copied(
  tx: SqlHandle,
  { settings, copy, text }: CopyOut,
  header: boolean,
  options: CopyOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  await runValue(tx, settings, options);
  const { onStatement, onProgress, signal } = options;
  onStatement?.(copy);
  const progress = onProgress && rowProgress(header, onProgress);
  for await (const bytes of copyOut(tx, text, copy)) {
    signal?.throwIfAborted();
    progress?.add(bytes);
    yield bytes;
  }
  progress?.end();
}
