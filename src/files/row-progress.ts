/** How far an import or export is. */
export interface FileProgress {
  /** Rows read or written. */
  readonly rows: number;
  /** Bytes read or written. */
  readonly bytes: number;
}

/** Rows between two reports of progress. */
export const REPORT = 1_000;

const QUOTE = 0x22;
const LINE_END = 0x0a;

/** Counts the rows in pieces of CSV, which end where a line end is not in quotes. */
export interface RowProgress {
  readonly add: (bytes: Uint8Array) => void;
  readonly end: () => void;
}

/** Tells of each 1,000 rows, and of all at the end. */
export function rowProgress(header: boolean, onProgress: (progress: FileProgress) => void): RowProgress {
  let isQuoted = false;
  let rows = header ? -1 : 0;
  let before = 0;
  return {
    add: bytes => {
      for (let index = 0; index < bytes.length; index++) {
        const byte = bytes[index];
        if (byte === QUOTE) isQuoted = !isQuoted;
        else if (byte === LINE_END && !isQuoted && ++rows > 0 && rows % REPORT === 0)
          onProgress({ rows, bytes: before + index + 1 });
      }
      before += bytes.length;
    },
    end: () => onProgress({ rows, bytes: before }),
  };
}
