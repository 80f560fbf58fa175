import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author?: unknown;
}

function licenseOf(directory: string): string {
  const text = readFileSync(join(ROOT, directory, "package.json"), "utf8");
  const { name, version, license, author } = JSON.parse(text) as PackageJson;
  const file = readdirSync(join(ROOT, directory)).find(entry => /^licen[cs]e/i.test(entry));
  const terms = file === undefined ? "" : `\n${readFileSync(join(ROOT, directory, file), "utf8").trim()}\n`;
  const by = typeof author === "string" ? `, by ${author}` : "";
  return `${name} ${version}${by}, license: ${license}\n${terms}`;
}

/** Returns the names, versions and licenses of the packages whose files, relative to the root, were bundled. */
export function licensesText(files: readonly string[]): string {
  const directories = files.flatMap(file => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  const parts = [...new Set(directories)].toSorted().map(licenseOf);
  return ["The command `rowfn` contains code of these packages:\n", ...parts].join(`\n${"-".repeat(80)}\n\n`);
}
