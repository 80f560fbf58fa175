import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { type ByteSink, surroundings, untilInterrupted } from "../surroundings.ts";

/** Writes text to standard output, with a final line feed. Waits for a slow reader. */
export async function writeLine(text: string): Promise<void> {
  if (text === "") return;
  const sink = openSink(undefined);
  await sink.write(new TextEncoder().encode(text.endsWith("\n") ? text : `${text}\n`));
  await sink.end();
}

/** Writes text to a file, or to standard output if the path is undefined. */
export async function writeText(path: string | undefined, text: string): Promise<void> {
  if (path === undefined) return writeLine(text);
  const sink = openSink(path);
  try {
    await sink.write(new TextEncoder().encode(text));
    await sink.end();
  } catch (error) {
    sink.abandon();
    throw error;
  }
}

/** Opens a file, or standard output if the path is undefined. */
export function openSink(path: string | undefined): ByteSink {
  const sink = path === undefined ? surroundings().output.open() : fileSink(path);
  // A reader that stalls, such as a pager, must not keep the command running.
  return { ...sink, write: bytes => untilInterrupted(sink.write(bytes)) };
}

/** A new file in place of a file, with its permissions; pipes, devices and dangling links are written as they are. */
function fileSink(path: string): ByteSink {
  mkdirSync(dirname(path), { recursive: true });
  if (!isReplaceable(path)) return sinkOf(path, undefined);
  const target = existsSync(path) ? realpathSync(path) : path;
  const unfinished = `${target}.${process.pid}.unfinished`;
  writeFileSync(unfinished, "");
  if (existsSync(target)) chmodSync(unfinished, statSync(target).mode);
  return sinkOf(unfinished, target);
}

function isReplaceable(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false }) ?? lstatSync(path, { throwIfNoEntry: false });
  return found === undefined || found.isFile();
}

/** Writes to a path, and renames the complete file if a name is given. */
function sinkOf(path: string, name: string | undefined): ByteSink {
  const writer = Bun.file(path).writer();
  return {
    write: async bytes => {
      await writer.write(bytes);
      await writer.flush();
    },
    end: async () => {
      await writer.end();
      if (name !== undefined) renameSync(path, name);
    },
    abandon: () => {
      Promise.resolve(writer.end()).catch(() => {});
      if (name !== undefined) rmSync(path, { force: true });
    },
  };
}
