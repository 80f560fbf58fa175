import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";

/** Writes text to standard output, with a final line feed. Waits for a slow reader. */
export async function writeLine(text: string): Promise<void> {
  if (text === "") return;
  const sink = standardOutput();
  await sink.write(new TextEncoder().encode(text.endsWith("\n") ? text : `${text}\n`));
  await sink.end();
}

/** Writes text to a file, or to standard output if the path is undefined. */
export async function writeText(path: string | undefined, text: string): Promise<void> {
  if (path === undefined) return writeLine(text);
  mkdirSync(dirname(path), { recursive: true });
  await Bun.write(path, text);
}

/** A file or standard output that is written chunk by chunk, at the reader's pace. */
export interface ByteSink {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Completes the output. A file gets its name only now. */
  readonly end: () => Promise<void>;
  /** Removes an incomplete file. */
  readonly abandon: () => void;
}

/** Opens a file, or standard output if the path is undefined. */
export function openSink(path: string | undefined): ByteSink {
  return path === undefined ? standardOutput() : fileSink(path);
}

// `Bun.write(Bun.stdout, ...)` empties a file for empty bytes, and adds NUL bytes to a file that a shell appends to.
function standardOutput(): ByteSink {
  const writer = Bun.stdout.writer();
  return {
    write: async bytes => {
      await writer.write(bytes);
      await writer.flush();
    },
    end: async () => void (await writer.end()),
    abandon: () => void writer.end(),
  };
}

function fileSink(path: string): ByteSink {
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
