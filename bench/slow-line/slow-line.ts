import { join } from "node:path";

/** A line to a server with additional latency per round trip. */
export interface SlowLine {
  /** The server's URL with the port of the line. */
  readonly url: string;
  readonly stop: () => void;
}

/** Whether a C compiler for the proxy is installed. */
export const hasCompiler = (): boolean => Bun.which("cc") !== null;

/** Compiles and starts the proxy; requires a C compiler. `milliseconds` are added to each round trip. */
export async function startSlowLine(url: string, milliseconds: number, scratch: string): Promise<SlowLine> {
  const program = join(scratch, "slow-line");
  const { exitCode } = Bun.spawnSync(["cc", "-O2", "-o", program, join(import.meta.dir, "slow-line.c")], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exitCode !== 0) throw new Error("the slow line needs a C compiler, cc");
  const slow = new URL(url);
  const line = Bun.spawn([program, slow.port, String(Math.round((milliseconds * 1000) / 2))], {
    stdout: "pipe",
  });
  const { value } = await line.stdout.getReader().read();
  slow.hostname = "127.0.0.1";
  slow.port = new TextDecoder().decode(value).trim();
  return { url: slow.href, stop: () => line.kill() };
}
