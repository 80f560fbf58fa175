import { styleText } from "node:util";
import { connectTo } from "./connect-to.ts";
import { isClosedPipe } from "./failure.ts";
import type { ByteSink, Output, Surroundings } from "./surroundings.ts";
import { startServer } from "./temporary-server.ts";

/** The surroundings of a command with a process of its own. The streams are opened when they are used. */
export function processSurroundings(interrupted: AbortSignal): Surroundings {
  return {
    env: process.env,
    input: Bun.stdin,
    get output() {
      return { ...outputOf(process.stdout), open: openStandardOutput };
    },
    get errors() {
      return outputOf(process.stderr);
    },
    connectTo,
    interrupted,
    startServer,
  };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  if (!stream.listeners("error").includes(ignoreClosedPipe)) stream.on("error", ignoreClosedPipe);
  return {
    stream,
    isTerminal: stream.isTTY === true,
    columns: stream.columns,
    get hasColors() {
      return styleText("bold", "x", { stream }) !== "x";
    },
  };
}

// A reader that closes the pipe has read enough, as in `rowfn --help | head`.
function ignoreClosedPipe(error: Error): void {
  if (!isClosedPipe(error)) throw error;
}

// `Bun.write(Bun.stdout, ...)` empties a file for empty bytes, and adds NUL bytes to a file that a shell appends to.
function openStandardOutput(): ByteSink {
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
