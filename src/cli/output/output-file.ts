import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { type ByteSink, surroundings } from "../surroundings.ts";

/** Writes text to standard output, with a final line feed. Waits for a slow reader. */
export async function writeLine(text: string): Promise<void> {
  if (text === "") return;
  const sink = surroundings().output.open();
  await sink.write(new TextEncoder().encode(text.endsWith("\n") ? text : `${text}\n`));
  await sink.end();
}

/** Writes text to a file, or to standard output if the path is undefined. */
export async function writeText(path: string | undefined, text: string): Promise<void> {
  if (path === undefined) return writeLine(text);
  mkdirSync(dirname(path), { recursive: true });
  await Bun.write(path, text);
}

/** Opens a file, or standard output if the path is undefined. */
export function openSink(path: string | undefined): ByteSink {
  return path === undefined ? surroundings().output.open() : fileSink(path);
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
