// `bun run demo`: installs the dependencies, then runs demo.ts. Imports only modules of Bun, because nothing may be installed
// yet.
import { join } from "node:path";

const root = join(import.meta.dir, "../..");

function run(...args: string[]): void {
  const { exitCode } = Bun.spawnSync([process.execPath, ...args], {
    cwd: root,
    stdio: ["inherit", "inherit", "inherit"],
  });
  if (exitCode !== 0) process.exit(exitCode);
}

run("install", "--frozen-lockfile", "--silent");
run(join(import.meta.dir, "demo.ts"));
