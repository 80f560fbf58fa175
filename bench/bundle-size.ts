/** Bytes of a program bundled and minified, gzipped. */
export interface BundleSize {
  /** Loaded when the program starts. */
  readonly start: number;
  /** With what is loaded when a function first needs it. */
  readonly whole: number;
}

/** What a program weighs with all it imports but `external`. */
export async function bundleSize(entry: string, external: readonly string[] = []): Promise<BundleSize> {
  const { outputs, metafile } = await Bun.build({
    entrypoints: [entry],
    target: "bun",
    minify: true,
    splitting: true,
    external: [...external],
    metafile: true,
  });
  const texts = new Map(
    await Promise.all(outputs.map(async output => [pathOf(output.path), await output.text()] as const)),
  );
  const imports = new Map(
    Object.entries(metafile!.outputs).map(([path, output]) => [
      pathOf(path),
      output.imports.filter(({ kind }) => kind === "import-statement").map(one => pathOf(one.path)),
    ]),
  );
  const started = reachable(pathOf(outputs.find(({ kind }) => kind === "entry-point")!.path), imports);
  return {
    start: gzipped([...started].map(path => texts.get(path) ?? "")),
    whole: gzipped([...texts.values()]),
  };
}

const pathOf = (path: string): string => path.replace(/^\.\//, "");

function reachable(entry: string, imports: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set([entry]);
  for (const path of found) for (const next of imports.get(path) ?? []) found.add(next);
  return found;
}

function gzipped(texts: readonly string[]): number {
  return Bun.gzipSync(new TextEncoder().encode(texts.join("")), { level: 9 }).length;
}
