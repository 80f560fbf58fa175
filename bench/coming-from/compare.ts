// `bun bench/coming-from/compare.ts [library...]`: installs the libraries, checks the types of the twelve tasks of
// docs/from-*.md, does the tasks with each library on a music store of its own, and compares the rows with those of rowfn.
import { join } from "node:path";

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

run(BENCH, ["install", "--frozen-lockfile", "--silent"]);
const { differences, LIBRARIES } = await import("./results.ts");
const names = process.argv.slice(2);
const chosen = names.length === 0 ? LIBRARIES : LIBRARIES.filter(name => names.includes(name));
if (chosen.some(name => name !== "sqlite-utils")) {
  run(PRISMA, ["install", "--frozen-lockfile", "--silent"]);
  run(PRISMA, ["node_modules/prisma/build/index.js", "generate"]);
  run(import.meta.dir, [join(BENCH, "../node_modules/typescript/bin/tsc"), "--noEmit", "-p", "."]);
}
const found = await differences(chosen);
for (const name of chosen) {
  const lines = found.filter(({ library }) => library === name);
  console.log(`${name}: ${lines.length === 0 ? "the same rows" : ""}`.trim());
  for (const { task, rowfn, other } of lines) console.log(`  ${task}: ${other}\n  rowfn: ${rowfn}`);
}
process.exitCode = found.length === 0 ? 0 : 1;
