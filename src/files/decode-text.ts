import { RowfnError } from "../errors.ts";

/** A chunk of a file. */
export type TextChunk = string | ArrayBufferView | ArrayBuffer;

/** Decodes the chunks of a file; throws RowfnError with the line of a byte that is not UTF-8. */
export interface TextDecoding {
  readonly text: (chunk: TextChunk) => string;
  /** The text of bytes that are left; throws if the file ends inside a character. */
  readonly end: () => string;
}

const LINE_FEED = 0x0a;

/** A decoder for the chunks of one file. */
export function newTextDecoder(): TextDecoding {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  let isFirst = true;
  const decoded = (chunk: TextChunk): string => {
    if (typeof chunk === "string") return chunk;
    const bytes = bytesOf(chunk);
    try {
      return decoder.decode(bytes, { stream: true });
    } catch (error) {
      const kind = isFirst ? otherKind(bytes) : undefined;
      throw kind === undefined
        ? notUtf8(line + linesBefore(bytes), error)
        : new RowfnError(kind, { cause: error });
    }
  };
  return {
    text: chunk => {
      const text = decoded(chunk);
      line += countLines(text);
      isFirst = false;
      return text;
    },
    end: () => {
      try {
        return decoder.decode();
      } catch (error) {
        throw notUtf8(line, error);
      }
    },
  };
}

function notUtf8(line: number, cause: unknown): RowfnError {
  return new RowfnError(`line ${line}: the file is not UTF-8`, { cause });
}

function bytesOf(chunk: ArrayBufferView | ArrayBuffer): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  return chunk instanceof ArrayBuffer
    ? new Uint8Array(chunk)
    : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

// A loop over the positions needs no array of the lines.
function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/** The number of lines before the one whose bytes are not UTF-8. */
function linesBefore(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  // The first bytes can belong to a character that the chunk before began.
  let start = bytes.findIndex(byte => byte < 0x80 || byte >= 0xc0);
  for (let lines = 0; start !== -1 && start < bytes.length; lines++) {
    const end = bytes.indexOf(LINE_FEED, start);
    // The last character can end in the next chunk.
    if (end === -1) return lines;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return lines;
    }
    start = end + 1;
  }
  return 0;
}

/** The first bytes of files that are not text, as hexadecimal digits, and what to do with them. */
const KINDS: readonly (readonly [start: RegExp, problem: string])[] = [
  [/^(?:fffe|feff)/, "the file is UTF-16; convert it to UTF-8"],
  [/^1f8b/, "the file is compressed by gzip; decompress it"],
  [/^28b52ffd/, "the file is compressed by Zstandard; decompress it"],
  [/^(?:fd377a58|425a68)/, "the file is compressed by xz or bzip2; decompress it"],
  [/^(?:504b|d0cf11e0)/, "the file is a ZIP archive or a spreadsheet; export it as CSV in UTF-8"],
];

/** Why the first bytes of a file are not UTF-8, if it is of a known kind. */
function otherKind(bytes: Uint8Array): string | undefined {
  const start = bytes.subarray(0, 4).toHex();
  return KINDS.find(([kind]) => kind.test(start))?.[1];
}
