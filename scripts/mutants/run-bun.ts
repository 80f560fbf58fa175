// A change can make a loop endless.
const LIMIT_MS = 300_000;

export interface BunRun {
  /** Whether Bun succeeded in time. */
  readonly passes: boolean;
  /** The names of tests, of a run of `bun test`. */
  readonly stderr: string;
  readonly milliseconds: number;
}

/** Runs Bun in a copy of the repository. */
export async function runBun(
  copy: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  limit: number = LIMIT_MS,
): Promise<BunRun> {
  const started = performance.now();
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: copy,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: Math.round(limit),
    killSignal: "SIGKILL",
  });
  // Programs that a test started may outlive it and hold the pipe.
  const stderr = new Response(child.stderr).text();
  const passes = (await child.exited) === 0;
  const text = await Promise.race([stderr, Bun.sleep(PIPE_MS).then(() => "")]);
  return { passes, stderr: text, milliseconds: Math.round(performance.now() - started) };
}

const PIPE_MS = 2000;
