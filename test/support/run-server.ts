import { join } from "node:path";
import type { TestDatabase } from "../../src/testing/index.ts";

const EXAMPLES = join(import.meta.dir, "../../examples");

/** A running example. */
export interface ExampleServer {
  /** The origin of the first URL that the example printed. */
  readonly url: string;
  /** Sends SIGINT; returns the exit code and the error output. */
  readonly stop: () => Promise<readonly [number, string]>;
}

/** Starts an example that prints its URL, on a free port, with a database or otherwise an embedded server. */
export async function startExample(path: string, database?: TestDatabase): Promise<ExampleServer> {
  const child = Bun.spawn([process.execPath, join(EXAMPLES, path)], {
    env: { ...process.env, DATABASE_URL: database?.url ?? "", PORT: "0" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const errors = child.stderr.text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let output = "";
  while (!output.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(await errors);
    output += value;
  }
  await reader.cancel();
  const stop: ExampleServer["stop"] = async () => {
    child.kill("SIGINT");
    return [await child.exited, await errors];
  };
  return { url: new URL(output.split("\n")[0]!).origin, stop };
}
