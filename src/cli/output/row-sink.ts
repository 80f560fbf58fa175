import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";

/** Where rows are written to piece by piece, at the reader's pace. */
export interface RowSink {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** The end: a file gets its name only now. */
  readonly end: () => Promise<void>;
  /** Leaves nothing of a file behind. */
  readonly abandon: () => void;
}

/** A file, or standard output without a path. */
export function rowSink(path: string | undefined): RowSink {
  return path === undefined
    ? {
        write: async bytes => void (await Bun.write(Bun.stdout, bytes)),
        end: async () => {},
        abandon: () => {},
      }
    : fileSink(path);
}

function fileSink(path: string): RowSink {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.unfinished`;
  const writer = Bun.file(unfinished).writer();
  return {
    write: async bytes => {
      writer.write(bytes);
      await writer.flush();
    },
    end: async () => {
      await writer.end();
      renameSync(unfinished, path);
    },
    abandon: () => {
      writer.end();
      rmSync(unfinished, { force: true });
    },
  };
}
