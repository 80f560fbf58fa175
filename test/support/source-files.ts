// The text of src/ for test/architecture.test.ts: imports, exports, functions and options.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** A file of `src`, with paths relative to `src`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Exported names that the file declares itself. */
  readonly declares: readonly string[];
  /** The declared names that are values. */
  readonly values: readonly string[];
}

/** An import or re-export of another file of `src`. */
export interface Import {
  readonly path: string;
  /** The imported names as the other file exports them; `*` for all. */
  readonly names: readonly string[];
}

const IMPORT = /^(?:import|export)\s+(type\s+)?(?:\*(?:\s+as\s+\w+)?|\{([^}]*)\})\s+from\s+"(\.[^"]+)"/gm;
const DYNAMIC_IMPORT = /\bimport\("(\.[^"]+)"\)/g;
const EXPORT = /^export\s+(?:async\s+)?(function\*?|class|const|interface|type)\s+(\w+)/gm;

function importsOf(path: string, text: string): Import[] {
  const target = (specifier: string): string => join(dirname(path), specifier);
  const fixed = [...text.matchAll(IMPORT)].map(([, , list, specifier]) => ({
    path: target(specifier!),
    names: list === undefined ? ["*"] : namesOf(list),
  }));
  const dynamic = [...text.matchAll(DYNAMIC_IMPORT)].map(([, specifier]) => ({
    path: target(specifier!),
    names: ["*"],
  }));
  return [...fixed, ...dynamic];
}

function namesOf(list: string): string[] {
  return list
    .split(",")
    .map(
      item =>
        item
          .trim()
          .replace(/^type /, "")
          .split(" as ")[0]!,
    )
    .filter(name => name !== "");
}

/** All files of `src`. */
export function sourceFiles(): SourceFile[] {
  const paths = [...new Bun.Glob("**/*.ts").scanSync(join(ROOT, "src"))].sort();
  return paths.map(path => {
    const text = readFileSync(join(ROOT, "src", path), "utf8");
    const exports = [...text.matchAll(EXPORT)];
    const named = (kinds: RegExp): string[] => [
      ...new Set(exports.filter(([, kind]) => kinds.test(kind!)).map(([, , name]) => name!)),
    ];
    return {
      path,
      text,
      imports: importsOf(path, text),
      declares: named(/./),
      values: named(/function|class|const/),
    };
  });
}

/** A function and the number of lines from its name to its closing brace. */
export interface FunctionSize {
  readonly name: string;
  readonly lines: number;
}

const FUNCTION =
  /^( *)(?:export )?(?:async )?(?:function\*? (\w+)|(?:const|let) (\w+)(?:: [^=]+)? = (?:async )?(?:\(|<))/;

/** The functions of a file and their sizes, determined by the indentation of the formatter. */
export function functionSizes(text: string): FunctionSize[] {
  const lines = text.split("\n");
  return lines.flatMap((line, first) => {
    const match = FUNCTION.exec(line);
    if (match === null) return [];
    const [, indent, declared, constant] = match;
    return [{ name: (declared ?? constant)!, lines: lastLine(lines, first, indent!) - first + 1 }];
  });
}

function lastLine(lines: readonly string[], first: number, indent: string): number {
  for (let at = first + 1; at < lines.length; at++) {
    const line = lines[at]!;
    if (line === "" || line.startsWith(`${indent} `)) continue;
    if (!/^[}\])]/.test(line.slice(indent.length))) return at - 1;
    // The end of the parameters, not of the body.
    if (!/(?:\{|=>|\()$/.test(line)) return at;
  }
  return lines.length - 1;
}

/** The doc comment above an exported name. */
export function docComment(text: string, name: string): string | undefined {
  const pattern = new RegExp(
    `(/\\*\\*(?:[^*]|\\*(?!/))*\\*/)\\nexport (?:async )?(?:function\\*?|const) ${name}\\b`,
  );
  return pattern.exec(text)?.[1];
}

/** An exported interface, its parents and its members. */
export interface Interface {
  readonly name: string;
  readonly parents: readonly string[];
  readonly members: readonly string[];
}

/** The exported interfaces of a file. */
export function interfacesOf(text: string): Interface[] {
  return [...text.matchAll(/^export interface (\w+)([^{]*)\{\n([\s\S]*?)^\}/gm)].map(
    ([, name, heading, body]) => ({
      name: name!,
      parents: heading!.match(/\w*Options\b/g) ?? [],
      members: [...body!.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member]) => member!),
    }),
  );
}

/** The file that declares a name of an entry point. */
export function declaringFile(
  files: ReadonlyMap<string, SourceFile>,
  path: string,
  name: string,
): SourceFile | undefined {
  const file = files.get(path);
  if (file === undefined || file.declares.includes(name)) return file;
  for (const { path: next, names } of file.imports) {
    if (!names.includes(name) && !names.includes("*")) continue;
    const found = declaringFile(files, next, name);
    if (found?.declares.includes(name)) return found;
  }
  return undefined;
}

/** The text of all tests and of test/support, except test/architecture.test.ts. */
export function testText(): string {
  return readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
    .filter(path => path.endsWith(".ts") && !/architecture\.test|source-files|every-entry/.test(path))
    .map(path => readFileSync(join(ROOT, "test", path), "utf8"))
    .join("\n");
}
