// The declarations of the package, one file per source file.
import { rmSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../package.json" with { type: "json" };

const ROOT = join(import.meta.dir, "..");

/** `./dist/testing/index.js` → `src/testing/index.ts`. */
export function sourceOf(path: string): string {
  return join(ROOT, path.replace("./dist/", "src/").replace(/\.js$/, ".ts"));
}

/** The entry points of the package, without the command. */
export const LIBRARIES: readonly string[] = Object.values(packageJson.exports)
  .filter(target => typeof target === "object")
  .map(target => sourceOf(target.default));

/** Writes the declarations of all entry points into a directory. */
export async function writeDeclarations(directory: string): Promise<void> {
  const config = join(directory, "tsconfig.json");
  await Bun.write(
    config,
    JSON.stringify({
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: {
        ...{ noEmit: false, emitDeclarationOnly: true, rootDir: join(ROOT, "src"), outDir: "." },
        // With `isolatedDeclarations` each declaration follows from its own file; `bun check` checks the types.
        noCheck: true,
      },
      include: [],
      files: LIBRARIES,
    }),
  );
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const { exitCode } = Bun.spawnSync([process.execPath, compiler, "--singleThreaded", "--project", config], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  rmSync(config);
  if (exitCode !== 0) throw new Error("tsc failed; no declarations were written");
}
