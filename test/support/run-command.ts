import { Writable } from "node:stream";
import * as connections from "../../src/cli/connect-to.ts";
import { runCommand } from "../../src/cli/run-command.ts";
import type { Output, Surroundings, TemporaryServer } from "../../src/cli/surroundings.ts";
import { testDatabase } from "../../src/testing/index.ts";

export interface CommandOptions {
  readonly url?: string;
  readonly stdin?: string | Uint8Array<ArrayBuffer> | Blob;
  /** Default: a new connection. */
  readonly connectTo?: Surroundings["connectTo"];
}

export interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** A pipe or a terminal that keeps what is written to it. */
function recording(columns?: number): Output & { readonly written: () => string } {
  const chunks: Buffer[] = [];
  const isTerminal = columns !== undefined;
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  return {
    stream: Object.assign(stream, { isTTY: isTerminal, columns }),
    ...{ isTerminal, columns, hasColors: isTerminal },
    written: () => Buffer.concat(chunks).toString(),
  };
}

/** Instead of a server, which takes seconds, an empty database on the server of the tests. */
async function startServer(): Promise<TemporaryServer> {
  const { url, drop } = await testDatabase();
  return { url, stop: drop };
}

/** Runs the command in this process; returns its exit code. */
function inThisProcess(
  args: readonly string[],
  { url, stdin = "", connectTo = connections.connectTo }: CommandOptions,
  output: Output,
  errors: Output,
): Promise<number> {
  const write = async (bytes: Uint8Array): Promise<void> => void output.stream.write(Buffer.from(bytes));
  const open = () => ({ write, end: async () => {}, abandon: () => {} });
  return runCommand(args, {
    env: { DATABASE_URL: url },
    input: stdin instanceof Blob ? stdin : new Blob([stdin]),
    output: { ...output, open },
    errors,
    connectTo,
    interrupted: new AbortController().signal,
    startServer,
  });
}

/** Runs the command in this process with its input and output in pipes. */
export async function inPipe(args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const [output, errors] = [recording(), recording()];
  const code = await inThisProcess(args, options, output, errors);
  return { code, output: output.written(), errors: errors.written() };
}

/** Runs the command in this process as on a terminal with colors; returns output and errors together. */
export async function onTerminal(
  args: readonly string[],
  { columns = 80, ...options }: CommandOptions & { readonly columns?: number } = {},
): Promise<Omit<Outcome, "errors">> {
  const terminal = recording(columns);
  const code = await inThisProcess(args, options, terminal, terminal);
  return { code, output: terminal.written() };
}
