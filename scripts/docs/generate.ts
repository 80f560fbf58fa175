// `bun run docs:generate`: writes docs/reference from the doc comments, the code of other files and the tables of options into
// the pages that show them, and docs/all.md and docs/llms.txt from the pages.
// With a directory as its argument it writes there instead.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fillCode } from "./fill-code.ts";
import { fillOptions, functionsWithTable } from "./option-tables.ts";
import { type Option, optionsOfFunctions } from "./options.ts";
import { pagesOfIndex } from "./pages.ts";

const DOCS = join(import.meta.dir, "../../docs");

function read(name: string): string {
  return readFileSync(join(DOCS, name), "utf8");
}

function runIn(directory: string, args: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, ...args], { cwd: directory, stderr: "pipe" });
  if (exitCode !== 0) throw new Error(stderr.toString());
}

/** All pages as one text, for tools that read. */
function allPages(pages: ReadonlyMap<string, string>): string {
  return [...pages.values()]
    .map(text => text.trim())
    .join("\n\n---\n\n")
    .concat("\n");
}

/** Writes the reference; returns the options of every function. */
function writeReference(directory: string): ReadonlyMap<string, readonly Option[]> {
  const json = join(directory, "options.json");
  runIn(DOCS, ["node_modules/typedoc/bin/typedoc", "--out", join(directory, "reference"), "--json", json]);
  const options = optionsOfFunctions(JSON.parse(readFileSync(json, "utf8")));
  rmSync(json);
  return options;
}

/** The index in the form of llmstxt.org. */
function llmsText(): string {
  const pages = pagesOfIndex(read("README.md"));
  const links = pages.map(({ title, file, answers }) => `- [${title}](${file}): ${answers}`);
  return `# rowfn\n\n> A query toolkit for PostgreSQL on Bun: plain functions that take a Bun SQL handle and an immutable snapshot.\n\n- [All pages in one file](all.md)\n- [Reference of every function](reference/index.md)\n\n## Pages\n\n${links.join("\n")}\n`;
}

const target = resolve(process.argv[2] ?? DOCS);
mkdirSync(target, { recursive: true });
if (!existsSync(join(DOCS, "node_modules"))) runIn(DOCS, ["install", "--frozen-lockfile", "--silent"]);
const options = writeReference(target);
/** File → text of every page, with the current code and options. */
const pages = new Map(
  pagesOfIndex(read("README.md")).map(({ file }) => [file, fillOptions(fillCode(read(file)), options)]),
);
for (const [file, text] of pages) writeFileSync(join(target, file), text);
writeFileSync(join(target, "all.md"), allPages(pages));
writeFileSync(join(target, "llms.txt"), llmsText());
const shown = new Set([...pages.values()].flatMap(functionsWithTable));
// An SQL builder has the options of the function that sends it.
const missing = [...options.keys()].filter(name => !shown.has(name) && !name.endsWith("Sql"));
if (missing.length > 0) throw new Error(`no page shows the options of ${missing.join(", ")}`);
