import { AsyncLocalStorage } from "node:async_hooks";
import { styleText } from "node:util";
import type { PostgresServer } from "../testing/index.ts";
import type { connectTo } from "./connect-to.ts";

/** What a command uses of its process. Tests run commands with their own surroundings, several at the same time. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard input. */
  readonly input: Blob;
  /** Standard output. */
  readonly output: Output & {
    /** Opens standard output for bytes that are written at the reader's pace. */
    readonly open: () => ByteSink;
  };
  /** Standard error. */
  readonly errors: Output;
  readonly connectTo: typeof connectTo;
  /** Aborted when the command has to stop, as by Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Starts a server without tables, which `stop` ends and removes. */
  readonly startServer: () => Promise<TemporaryServer>;
}

/** A server for a single command. */
export type TemporaryServer = Pick<PostgresServer, "url" | "stop">;

/** Standard output or standard error. */
export interface Output {
  readonly stream: NodeJS.WritableStream;
  readonly isTerminal: boolean;
  /** The width of a terminal. */
  readonly columns: number | undefined;
  readonly hasColors: boolean;
}

/** A file or standard output that is written chunk by chunk, at the reader's pace. */
export interface ByteSink {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Completes the output. A file gets its name only now. */
  readonly end: () => Promise<void>;
  /** Removes an incomplete file. */
  readonly abandon: () => void;
}

const current = new AsyncLocalStorage<Surroundings>();

/** Runs a function in which `surroundings` returns the given ones. */
export function withSurroundings<Result>(given: Surroundings, run: () => Result): Result {
  return current.run(given, run);
}

/**
 * Returns the surroundings of the running command. A callback that the driver calls is not part of the command, so it needs
 * what was read before.
 */
export function surroundings(): Surroundings {
  const found = current.getStore();
  if (found === undefined) throw new Error("no command is running");
  return found;
}

/** The result of a promise; rejects when the command has to stop. */
export function untilInterrupted<Result>(running: Promise<Result>): Promise<Result> {
  const { interrupted } = surroundings();
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(interrupted.reason);
  interrupted.addEventListener("abort", stop);
  if (interrupted.aborted) stop();
  return Promise.race([running, promise]).finally(() => interrupted.removeEventListener("abort", stop));
}

/** Text with a color or in bold, if the output shows it. */
export function styled({ hasColors }: Output, format: Parameters<typeof styleText>[0], text: string): string {
  return hasColors ? styleText(format, text, { validateStream: false }) : text;
}
