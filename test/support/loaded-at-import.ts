import { dirname, join } from "node:path";

/** The modules that a JavaScript file loads before its first line runs. */
export interface Loaded {
  /** The text of the file and of all files that it imports by path. */
  readonly text: string;
  /** Other modules, such as packages and `node:fs`. */
  readonly modules: readonly string[];
}

export async function loadedAtImport(entry: string): Promise<Loaded> {
  const transpiler = new Bun.Transpiler({ loader: "js" });
  const files = new Map<string, string>();
  const modules = new Set<string>();
  const pending = [entry];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (files.has(file)) continue;
    const text = await Bun.file(file).text();
    files.set(file, text);
    for (const { path, kind } of transpiler.scanImports(text)) {
      if (kind !== "import-statement") continue;
      if (path.startsWith(".")) pending.push(join(dirname(file), path));
      else modules.add(path);
    }
  }
  return { text: [...files.values()].join("\n"), modules: [...modules] };
}
