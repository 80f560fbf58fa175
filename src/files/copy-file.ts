import { copyOut } from "../driver/copy.ts";
import type { SqlHandle } from "../driver/handle.ts";
import { piecesOnReader } from "../driver/replica-reads.ts";
import { onConnection } from "../rows/on-connection.ts";
import type { RunOptions } from "../rows/run.ts";
import type { CopyOut } from "../statements/copy-out-sql.ts";
import { type FileProgress, newRowCounter } from "./file-progress.ts";

interface CopyOptions extends RunOptions {
  readonly onProgress?: (progress: FileProgress) => void;
}

/** The bytes of a file that the server writes by COPY, on a dedicated connection and in one round trip. */
export function copyFile(
  sql: SqlHandle,
  copy: CopyOut,
  header: boolean,
  options: CopyOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  return piecesOnReader(sql, options, server =>
    onConnection(server, options, connection => copyBytes(connection, copy, header, options)),
  );
}

// One text of two statements is one transaction, in which the settings are local.
async function* copyBytes(
  connection: SqlHandle,
  { settings, copy, text }: CopyOut,
  header: boolean,
  options: CopyOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { onStatement, onProgress } = options;
  onStatement?.(settings);
  onStatement?.(copy);
  const counter = onProgress && newRowCounter(header, onProgress);
  for await (const bytes of copyOut(connection, `${settings.text};\n${text}`, copy)) {
    counter?.add(bytes);
    yield bytes;
  }
  counter?.end();
}
