// The examples of each page compile in a strict project with the generated module of the music store, and each page
// imports what it uses.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../support/compile.ts";

// Its variable is assigned one snapshot after another, so it has the type of `loadSchema`.
const WIDE = "tables.md";
const ROOT = join(import.meta.dir, "../..");
const DATABASE = JSON.stringify(join(ROOT, "examples/music-store/database.ts"));
// all.md is generated from the other pages; the tasks in from-*.md are compiled in their source files.
const PAGES = readdirSync(join(ROOT, "docs")).filter(
  name => name.endsWith(".md") && name !== "all.md" && !name.startsWith("from-"),
);

/** The TypeScript of a page as one module. */
function moduleOf(name: string): string {
  const text = readFileSync(join(ROOT, name), "utf8");
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  const code = blocks.join("\n").replaceAll('"./database.ts"', DATABASE);
  const names = new Map<string, Set<string>>();
  const rest = code.replaceAll(
    /^import (?:\{([^}]*)\}|(\* as v)) from ("[^"]+");$/gm,
    (_, list: string | undefined, all: string | undefined, from: string) => {
      const own = names.get(from) ?? new Set();
      names.set(from, own);
      for (const name of (list ?? all)!.split(",")) if (name.trim() !== "") own.add(name.trim());
      return "";
    },
  );
  const imports = [...names].map(([from, own]) => {
    const list = [...own].join(", ");
    return `import ${list.startsWith("*") ? list : `{ ${list} }`} from ${from};`;
  });
  const isConnected = rest.includes("const { sql, schema } = await connect(");
  const hasSchema = isConnected || names.get(DATABASE)?.has("schema");
  return [
    ...imports,
    ...(isConnected ? [] : ['import type { SQL } from "bun";', "declare const sql: SQL;"]),
    ...(hasSchema ? [] : [name.endsWith(WIDE) ? WIDE_SCHEMA : `import { schema } from ${DATABASE};`]),
    `export {};\n${rest}`,
  ].join("\n");
}

const WIDE_SCHEMA = 'import type { SchemaSnapshot } from "rowfn";\ndeclare const schema: SchemaSnapshot;';

test("the examples of every page compile with strict options", async () => {
  const pages = ["README.md", ...PAGES.map(name => `docs/${name}`)];
  const files = pages.map(name => [`${name.replace("/", "-")}.ts`, moduleOf(name)]);
  const { tsc, bunCheck } = await compile(Object.fromEntries(files));
  // An example may define names that it does not use.
  const relevantErrors = (lines: readonly string[]): string[] =>
    lines.filter(line => !line.includes("error TS6133"));
  expect({ tsc: relevantErrors(tsc), bunCheck: relevantErrors(bunCheck) }).toEqual({ tsc: [], bunCheck: [] });
});
