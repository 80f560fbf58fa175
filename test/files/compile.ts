import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** Stricter than the project's own settings, as a user's may be. */
const OPTIONS = {
  target: "esnext",
  module: "preserve",
  moduleResolution: "bundler",
  lib: ["esnext"],
  types: ["bun"],
  typeRoots: [join(ROOT, "node_modules/@types")],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noUnusedLocals: true,
  isolatedDeclarations: true,
  declaration: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  paths: { rowfn: [join(ROOT, "src/index.ts")] },
};

/** How two compilers judged the same files. */
export interface Compiled {
  /** What TypeScript 7 printed, a line each: `a.ts(1,7): error TS2322: ...`. */
  readonly tsc: readonly string[];
  /** What `bun check` printed of the same kind. */
  readonly bunCheck: readonly string[];
}

/** Type-checks files of a directory of their own, strictly, in which `rowfn` is this checkout. */
export async function compile(files: Readonly<Record<string, string>>): Promise<Compiled> {
  const directory = await mkdtemp(join(tmpdir(), "rowfn-types-"));
  try {
    const config = { compilerOptions: OPTIONS, include: Object.keys(files) };
    await Bun.write(join(directory, "tsconfig.json"), JSON.stringify(config));
    for (const [name, text] of Object.entries(files)) await Bun.write(join(directory, name), text);
    const [tsc, bunCheck] = await Promise.all([
      errorLines(directory, [join(ROOT, "node_modules/typescript/bin/tsc"), "--pretty", "false"]),
      errorLines(directory, ["check", "--no-pretty", "--all"]),
    ]);
    return { tsc, bunCheck };
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function errorLines(directory: string, args: readonly string[]): Promise<readonly string[]> {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: directory,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const lines = (stdout + stderr).split("\n").filter(line => / error TS\d+/.test(line));
  // A checker that failed without an error of types did not check.
  if ((await child.exited) !== 0 && lines.length === 0) throw new Error(stdout + stderr);
  return lines;
}
