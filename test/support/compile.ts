import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { declarations } from "./declarations.ts";

const ROOT = join(import.meta.dir, "../..");

/** The compiler of TypeScript 7, run by Bun. */
export const TSC: string = join(ROOT, "node_modules/typescript/bin/tsc");

/** Stricter than the settings of this project, as a user's settings may be. */
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
};

const pathsTo = (rowfn: string) => ({
  rowfn: [join(rowfn, "index.d.ts")],
  "rowfn/*": [join(rowfn, "*/index.d.ts")],
  valibot: [join(ROOT, "node_modules/valibot/dist/index.d.mts")],
});

/** The errors that the two compilers report for the same files. */
export interface Compiled {
  /** The errors of TypeScript 7, one line per error: `a.ts(1,7): error TS2322: ...`. */
  readonly tsc: readonly string[];
  /** The errors of `bun check`, in the same format. */
  readonly bunCheck: readonly string[];
}

/** Type-checks files in their own directory with strict options; `rowfn` is the declarations of this checkout. */
export function compile(files: Readonly<Record<string, string>>): Promise<Compiled> {
  return withTypeProject(files, async directory => {
    const [tsc, bunCheck] = await Promise.all([
      errorLines(directory, [TSC, "--pretty", "false"]),
      errorLines(directory, ["check", "--no-pretty", "--all"]),
    ]);
    return { tsc, bunCheck };
  });
}

/** Writes files and a strict tsconfig.json into a temporary directory. */
export async function withTypeProject<Result>(
  files: Readonly<Record<string, string>>,
  use: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), "rowfn-types-"));
  try {
    const paths = pathsTo(await declarations());
    const config = { compilerOptions: { ...OPTIONS, paths }, include: Object.keys(files) };
    await Bun.write(join(directory, "tsconfig.json"), JSON.stringify(config));
    for (const [name, text] of Object.entries(files)) await Bun.write(join(directory, name), text);
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function errorLines(directory: string, args: readonly string[]): Promise<readonly string[]> {
  const { output, exitCode } = await runBun(directory, args);
  const all = output.split("\n");
  const lines = all.flatMap((line, index) =>
    / error TS\d+/.test(line) ? [withReason(line, all, index)] : [],
  );
  // A compiler that failed without type errors did not check the files.
  if (exitCode !== 0 && lines.length === 0) throw new Error(output);
  return lines;
}

// The first line of an error about overloads says nothing; the third is about the last overload.
function withReason(line: string, all: readonly string[], index: number): string {
  return line.endsWith("No overload matches this call.") ? `${line} ${all[index + 2]?.trim()}` : line;
}

/** Runs Bun in a directory. */
export async function runBun(
  directory: string,
  args: readonly string[],
): Promise<{ readonly output: string; readonly exitCode: number }> {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: directory,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { output: stdout + stderr, exitCode: await child.exited };
}
