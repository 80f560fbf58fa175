// `bun run docs:generate`: writes docs/reference from the doc comments, the code of other files into the pages that show it,
// and docs/all.md and docs/llms.txt from the pages.
// With a directory as its argument it writes there instead.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fillCode } from "./fill-code.ts";
import { pagesOfIndex } from "./pages.ts";

const DOCS = join(import.meta.dir, "../../docs");

function read(name: string): string {
  return readFileSync(join(DOCS, name), "utf8");
}

function runIn(directory: string, args: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, ...args], { cwd: directory, stderr: "pipe" });
  if (exitCode !== 0) throw new Error(stderr.toString());
}

/** File → text of every page, with the current code. */
const pages = new Map(pagesOfIndex(read("README.md")).map(({ file }) => [file, fillCode(read(file))]));

/** All pages as one text, for tools that read. */
function allPages(): string {
  return [...pages.values()]
    .map(text => text.trim())
    .join("\n\n---\n\n")
    .concat("\n");
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
runIn(DOCS, ["node_modules/typedoc/bin/typedoc", "--out", join(target, "reference")]);
for (const [file, text] of pages) writeFileSync(join(target, file), text);
writeFileSync(join(target, "all.md"), allPages());
writeFileSync(join(target, "llms.txt"), llmsText());
