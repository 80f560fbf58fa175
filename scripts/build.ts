// `bun run build [directory]`: writes the published files to dist/, or to another directory in which Valibot is found. Each entry point of package.json is one bundle, with shared code in
// chunks and source maps, so that stack traces show lines of src. Declarations are one file per source file.
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BunPlugin } from "bun";
import packageJson from "../package.json" with { type: "json" };
import { LIBRARIES, sourceOf, writeDeclarations } from "./declarations.ts";
import { licensesText } from "./licenses.ts";

const ROOT = join(import.meta.dir, "..");
const DIST = resolve(process.argv[2] ?? join(ROOT, "dist"));
const COMMAND = packageJson.bin.rowfn;

// Code that different entry points need is divided into a chunk per set of entry points, and each file takes time to load.
// With these imports every program that loads one of the entry points loads the core, which then has few chunks.
const wholeCore: BunPlugin = {
  name: "whole core",
  setup: build => {
    build.onLoad({ filter: /\/src\/(ddl|queues|files|http|testing)\/index\.ts$/ }, async ({ path }) => ({
      contents: `${await Bun.file(path).text()}\nimport "../index.ts";\n`,
      loader: "ts",
    }));
  },
};

async function bundle(): Promise<void> {
  const { outputs, metafile } = await Bun.build({
    entrypoints: [...LIBRARIES, sourceOf(COMMAND)],
    root: join(ROOT, "src"),
    outdir: DIST,
    target: "bun",
    splitting: true,
    sourcemap: "linked",
    metafile: true,
    // Smaller files load faster. Names are preserved for stack traces.
    minify: { whitespace: true, syntax: true, identifiers: false },
    external: Object.keys(packageJson.dependencies),
    plugins: [wholeCore],
    // `sideEffects` of package.json is for programs that use the package, and would remove the imports of `wholeCore`.
    ignoreDCEAnnotations: true,
    naming: { entry: "[dir]/[name].js", chunk: "chunk-[hash].js" },
  });
  chmodSync(join(DIST, COMMAND.replace("./dist/", "")), 0o755);
  writeFileSync(join(DIST, "THIRD-PARTY.txt"), licensesText(Object.keys(metafile!.inputs)));
  const code = outputs.filter(({ kind }) => kind !== "sourcemap");
  const bytes = code.reduce((sum, { size }) => sum + size, 0);
  console.log(`dist: ${code.length} JavaScript files, ${Math.round(bytes / 1000)} kB`);
}

rmSync(DIST, { recursive: true, force: true });
await bundle();
await writeDeclarations(DIST);
