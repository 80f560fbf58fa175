import { copyOut } from "../driver/copy-out.ts";
import type { SqlHandle } from "../driver/handle.ts";
import { inTransaction } from "../rows/in-transaction.ts";
import { type RunOptions, runValue } from "../rows/run.ts";
import type { CopyOut } from "../statements/copy-out-sql.ts";
import { type FileProgress, newRowCounter } from "./file-progress.ts";

interface CopyOptions extends RunOptions {
  readonly onProgress?: (progress: FileProgress) => void;
}

/** The bytes of a file that the server writes by COPY, in a dedicated transaction. */
export function copyFile(
  sql: SqlHandle,
  copy: CopyOut,
  header: boolean,
  options: CopyOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  return inTransaction(sql, options, tx => copyInTransaction(tx, copy, header, options));
}

async function* copyInTransaction(
  tx: SqlHandle,
  { settings, copy, text }: CopyOut,
  header: boolean,
  options: CopyOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  await runValue(tx, settings, options);
  const { onStatement, onProgress } = options;
  onStatement?.(copy);
  const counter = onProgress && newRowCounter(header, onProgress);
  for await (const bytes of copyOut(tx, text, copy)) {
    counter?.add(bytes);
    yield bytes;
  }
  counter?.end();
}
