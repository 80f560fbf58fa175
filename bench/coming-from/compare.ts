// `bun bench/coming-from/compare.ts [library...]`: installs the libraries, checks the types of the twelve tasks in
// docs/from-*.md, runs the tasks with each library on its own music store, and compares the rows with those of rowfn.
import { join } from "node:path";
import { LIBRARIES } from "./results.ts";

const BENCH = join(import.meta.dir, "..");
const PRISMA = join(import.meta.dir, "prisma");

function run(directory: string, args: readonly string[]): void {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, ...args], {
    cwd: directory,
    // The client is generated without an engine, and the tasks need none.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1" },
    stdout: "pipe",
    stderr: "pipe",
  });
  if (exitCode !== 0) throw new Error(`${stdout}${stderr}`);
}

const checkTypes = (directory: string) =>
  run(directory, [
    join(BENCH, "../node_modules/typescript/bin/tsc"),
    "--noEmit",
    "--singleThreaded",
    "-p",
    ".",
  ]);

const names = process.argv.slice(2);
const chosen = names.length === 0 ? LIBRARIES : LIBRARIES.filter(name => names.includes(name));
run(BENCH, ["install", "--frozen-lockfile", "--silent"]);
checkTypes(import.meta.dir);
if (chosen.includes("prisma")) {
  run(PRISMA, ["install", "--frozen-lockfile", "--silent"]);
  run(PRISMA, ["node_modules/prisma/build/index.js", "generate"]);
  checkTypes(PRISMA);
}
// A process does not find packages that are installed after it has started.
const tasks = Bun.spawnSync([process.execPath, join(import.meta.dir, "print-differences.ts"), ...chosen], {
  stdio: ["ignore", "inherit", "inherit"],
});
process.exitCode = tasks.exitCode;
