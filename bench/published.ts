import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { ADAPTERS } from "./adapter.ts";
import type { Programs } from "./processes.ts";

const ROOT = join(import.meta.dir, "..");

/** The files of the adapters. That of rowfn imports the package as it is published, which `buildPackage` has built in `dist`. */
export async function publishedAdapters(directory: string, dist: string): Promise<Programs> {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, "adapters/rowfn.ts")],
    target: "bun",
    external: ["rowfn", "rowfn/*"],
    outdir: directory,
  });
  if (!built.success) throw new Error(built.logs.join("\n"));
  cpSync(join(ROOT, "package.json"), join(dirname(dist), "package.json"));
  mkdirSync(join(directory, "node_modules"));
  symlinkSync(dirname(dist), join(directory, "node_modules/rowfn"));
  return new Map(
    ADAPTERS.map(name => [
      name,
      name === "rowfn" ? join(directory, "rowfn.js") : join(import.meta.dir, "adapters", `${name}.ts`),
    ]),
  );
}

/** The files of the adapters, each with all that it imports in one bundle with bytecode. */
export async function bytecodeAdapters(directory: string): Promise<Programs> {
  const built = await Bun.build({
    entrypoints: ADAPTERS.map(name => join(import.meta.dir, "adapters", `${name}.ts`)),
    target: "bun",
    format: "cjs",
    minify: true,
    bytecode: true,
    outdir: directory,
  });
  if (!built.success) throw new Error(built.logs.join("\n"));
  return new Map(ADAPTERS.map(name => [name, join(directory, `${name}.js`)]));
}

/**
 * Builds the package in a directory where it finds Valibot, and not in dist/, which other processes may be reading.
 * Returns the directory.
 */
export function buildPackage(): string {
  const dist = join(ROOT, "node_modules/.cache/rowfn-bench/dist");
  const { exitCode } = Bun.spawnSync([process.execPath, join(ROOT, "scripts/build.ts"), dist]);
  if (exitCode !== 0) throw new Error("`bun run build` failed");
  return dist;
}

/** Bun's version and those of the compared libraries. */
export async function versions(): Promise<string> {
  const { dependencies } = (await Bun.file(join(import.meta.dir, "package.json")).json()) as {
    dependencies: Record<string, string>;
  };
  return [
    `Bun ${Bun.version}`,
    ...Object.entries(dependencies).map(([name, version]) => `${name} ${version}`),
  ].join(", ");
}
