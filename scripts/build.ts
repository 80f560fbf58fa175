// `bun run build`: what is published, in dist/. One bundle for each entry point of package.json with what they share in
// chunks, with source maps so that a stack trace shows the lines of src; and the declarations, file by file.
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../package.json" with { type: "json" };

const ROOT = join(import.meta.dir, "..");
const DIST = join(ROOT, "dist");
const COMMAND = packageJson.bin.rowfn;

/** `./dist/testing/index.js` → `src/testing/index.ts`. */
function sourceOf(path: string): string {
  return join(ROOT, path.replace("./dist/", "src/").replace(/\.js$/, ".ts"));
}

const libraries = Object.values(packageJson.exports)
  .filter(target => typeof target === "object")
  .map(target => sourceOf(target.default));

async function bundle(): Promise<void> {
  const { outputs } = await Bun.build({
    entrypoints: [...libraries, sourceOf(COMMAND)],
    root: join(ROOT, "src"),
    outdir: DIST,
    target: "bun",
    splitting: true,
    sourcemap: "linked",
    // Less to parse at every start; names stay, for the functions of a stack trace.
    minify: { whitespace: true, syntax: true, identifiers: false },
    external: Object.keys(packageJson.dependencies),
    naming: { entry: "[dir]/[name].js", chunk: "chunk-[hash].js" },
  });
  chmodSync(join(ROOT, COMMAND), 0o755);
  const code = outputs.filter(({ kind }) => kind !== "sourcemap");
  const bytes = code.reduce((sum, { size }) => sum + size, 0);
  console.log(`dist: ${code.length} files of JavaScript, ${Math.round(bytes / 1000)} kB`);
}

async function declare(): Promise<void> {
  const config = join(DIST, "tsconfig.json");
  await Bun.write(
    config,
    JSON.stringify({
      extends: "../tsconfig.json",
      compilerOptions: { noEmit: false, emitDeclarationOnly: true, rootDir: "../src", outDir: "." },
      include: [],
      files: libraries,
    }),
  );
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const { exitCode } = Bun.spawnSync([process.execPath, compiler, "--project", config], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  rmSync(config);
  if (exitCode !== 0) throw new Error("the declarations could not be written");
}

rmSync(DIST, { recursive: true, force: true });
await bundle();
await declare();
