// `bun run bench`: installs the compared libraries, then runs side-by-side.ts with the same flags. Imports only modules of
// Bun, because nothing may be installed yet.
import { join } from "node:path";

// Also for the processes that it starts.
const env = process.argv.includes("--once") ? { ...process.env, ROWFN_BENCH_MAX_ROWS: "300" } : process.env;

function run(directory: string, ...args: string[]): void {
  const { exitCode } = Bun.spawnSync([process.execPath, ...args], {
    cwd: directory,
    env,
    stdio: ["inherit", "inherit", "inherit"],
  });
  if (exitCode !== 0) process.exit(exitCode);
}

const root = join(import.meta.dir, "..");
for (const directory of [root, import.meta.dir]) run(directory, "install", "--frozen-lockfile", "--silent");
run(root, join(import.meta.dir, "side-by-side.ts"), ...process.argv.slice(2));
