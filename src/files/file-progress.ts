/** The progress of an import or export. */
export interface FileProgress {
  /** Rows read or written so far. */
  readonly rows: number;
  /** Bytes read or written so far. */
  readonly bytes: number;
}

/** The number of rows between two calls of `onProgress`. */
export const REPORT_ROWS = 1_000;

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/** Counts the rows in chunks of CSV: a row ends at a line feed outside quotes. */
export interface RowCounter {
  readonly add: (bytes: Uint8Array) => void;
  readonly end: () => void;
}

/** A counter that calls `onProgress` after every 1,000 rows and at the end. */
export function newRowCounter(header: boolean, onProgress: (progress: FileProgress) => void): RowCounter {
  let isQuoted = false;
  let rows = header ? -1 : 0;
  let before = 0;
  return {
    add: bytes => {
      for (let index = 0; index < bytes.length; index++) {
        const byte = bytes[index];
        if (byte === QUOTE) isQuoted = !isQuoted;
        else if (byte === LINE_FEED && !isQuoted && ++rows > 0 && rows % REPORT_ROWS === 0)
          onProgress({ rows, bytes: before + index + 1 });
      }
      before += bytes.length;
    },
    end: () => onProgress({ rows, bytes: before }),
  };
}
