import { join } from "node:path";
import type { CommandOptions, Outcome } from "./run-command.ts";

/** The command, as a bundle if `bun run test` has written one. */
export const MAIN: string = process.env["ROWFN_COMMAND"] ?? join(import.meta.dir, "../../src/cli/main.ts");

export interface ProcessOptions extends CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

// Other variables that affect colors, unset so that the output is the same on every machine.
const COLOR_VARIABLES = [
  "NO_COLOR",
  "FORCE_COLOR",
  "NODE_DISABLE_COLORS",
  "CI",
  "TF_BUILD",
  "TEAMCITY_VERSION",
];

function environment({ url, env }: ProcessOptions): Record<string, string | undefined> {
  const unset = Object.fromEntries(COLOR_VARIABLES.map(name => [name, undefined]));
  return { ...process.env, ...unset, DATABASE_URL: url, ...env };
}

/** The exit code and the whole output of a process. */
export async function outcomeOf(
  child: Bun.Subprocess<Bun.SpawnOptions.Writable, "pipe", "pipe">,
): Promise<Outcome> {
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { code: await child.exited, output, errors };
}

/** Runs the command in a process of its own with its input and output in pipes. */
export async function inOwnProcess(args: readonly string[], options: ProcessOptions = {}): Promise<Outcome> {
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    env: environment(options),
    ...(options.cwd && { cwd: options.cwd }),
    stdin: options.stdin === undefined ? "ignore" : new Blob([options.stdin]),
    stdout: "pipe",
    stderr: "pipe",
  });
  return outcomeOf(child);
}

/** Runs the command in a process of its own on a pseudo terminal; returns output and errors together. */
export async function onPseudoTerminal(
  args: readonly string[],
  options: ProcessOptions & { readonly columns?: number } = {},
): Promise<Omit<Outcome, "errors">> {
  const decoder = new TextDecoder();
  let output = "";
  const closed = Promise.withResolvers<void>();
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    env: { ...environment(options), TERM: "xterm-256color" },
    ...(options.cwd && { cwd: options.cwd }),
    terminal: {
      cols: options.columns ?? 80,
      rows: 24,
      data: (_terminal, data) => {
        output += decoder.decode(data, { stream: true });
      },
      exit: () => closed.resolve(),
    },
  });
  const code = await child.exited;
  // The last output may arrive after the process ends.
  child.terminal?.close();
  await closed.promise;
  return { code, output: output.replaceAll("\r\n", "\n") };
}
