// A change can make a loop endless.
const LIMIT_MS = 300_000;

/** Runs Bun in a copy of the repository; whether it succeeded in time. */
export async function runBun(
  copy: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  limit: number = LIMIT_MS,
): Promise<boolean> {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: copy,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "ignore"],
    timeout: limit,
    killSignal: "SIGKILL",
  });
  return (await child.exited) === 0;
}
