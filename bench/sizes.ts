import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ADAPTERS, type AdapterName } from "./adapter.ts";
import type { Amount } from "./amount.ts";
import { bundleSize } from "./bundle-size.ts";
import { type ImportCost, measureImport } from "./import-cost.ts";

export interface SizeRow {
  readonly name: AdapterName;
  /** Gzipped kilobytes of the benchmark's adapter, bundled and minified with all imports. */
  readonly bundle: number;
  /** Megabytes and packages of an installation. */
  readonly installed: number;
  readonly packages: number;
}

/** The size of a typical server's imports (typical-server.ts) in gzipped kilobytes. */
export interface OwnSize {
  readonly alone: number;
  readonly withValibot: number;
  readonly imported: ImportCost;
}

const ROOT = join(import.meta.dir, "..");
const INSTALLS: Readonly<Record<AdapterName, readonly string[]>> = {
  "bun-sql": [],
  rowfn: ["valibot"],
  "postgres.js": ["postgres"],
  pg: ["pg"],
  kysely: ["kysely", "pg"],
  drizzle: ["drizzle-orm"],
  slonik: ["slonik"],
  zapatos: ["zapatos", "pg"],
};

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly files?: readonly string[];
}

const manifestOf = async (directory: string): Promise<Manifest> =>
  (await Bun.file(join(directory, "package.json")).json()) as Manifest;

function bytesOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.size ?? 0;
  return readdirSync(path)
    .filter(name => name !== "node_modules")
    .reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

/** The directories of packages and of all their dependencies. */
async function dependencyDirectories(names: readonly string[]): Promise<string[]> {
  const found = new Map<string, string>();
  const queue = names.map(name => ({ name, from: join(import.meta.dir) }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const directory = [next.from, import.meta.dir, ROOT]
      .map(base => join(base, "node_modules", next!.name))
      .find(path => statSync(path, { throwIfNoEntry: false }));
    if (directory === undefined || found.has(directory)) continue;
    found.set(directory, next.name);
    for (const name of Object.keys((await manifestOf(directory)).dependencies ?? {}))
      queue.push({ name, from: directory });
  }
  return [...found.keys()];
}

async function sizeOf(name: AdapterName, dist: string): Promise<SizeRow> {
  const directories = await dependencyDirectories(INSTALLS[name]);
  const own =
    name === "rowfn"
      ? ((await manifestOf(ROOT)).files ?? [])
          .map(file => (file === "dist" ? dist : join(ROOT, file)))
          .reduce((sum, path) => sum + bytesOf(path), 0)
      : 0;
  return {
    name,
    bundle: (await bundleSize(join(import.meta.dir, "adapters", `${name}.ts`), ["pg-native"])) / 1000,
    installed: (own + directories.reduce((sum, path) => sum + bytesOf(path), 0)) / 1e6,
    packages: directories.length + (name === "rowfn" ? 1 : 0),
  };
}

/** `dist` is the built package. */
export async function measureSizes(dist: string): Promise<SizeRow[]> {
  return await Promise.all(ADAPTERS.map(name => sizeOf(name, dist)));
}

/**
 * Measures the size that rowfn adds to a server, and the cost of importing the built package in the rounds of
 * `amount`.
 */
export async function measureOwnSize(dist: string, amount: Amount): Promise<OwnSize> {
  const entry = join(import.meta.dir, "typical-server.ts");
  return {
    alone: (await bundleSize(entry, ["valibot"])) / 1000,
    withValibot: (await bundleSize(entry)) / 1000,
    imported: measureImport(dist, amount),
  };
}
