// The site: `bun run docs` serves these pages with search, `bun run docs:build` writes a static folder.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import { pagesOfIndex } from "../../scripts/docs/pages.ts";

const DOCS = join(import.meta.dirname, "..");
const pages = pagesOfIndex(readFileSync(join(DOCS, "README.md"), "utf8"));
const ENTRIES = ["index", "ddl", "queues", "files", "http", "statements", "testing"];

export default defineConfig({
  title: "rowfn",
  description: "A query toolkit for PostgreSQL on Bun",
  // The index is a README, so that it can be read in the repository, too.
  rewrites: { "README.md": "index.md" },
  srcExclude: ["all.md"],
  // Links to the source and the examples lead out of the site.
  ignoreDeadLinks: true,
  themeConfig: {
    search: { provider: "local" },
    sidebar: [
      {
        text: "Documentation",
        items: pages.map(({ title, file }) => ({ text: title, link: `/${file.replace(".md", "")}` })),
      },
      {
        text: "Reference",
        items: ENTRIES.map(name => ({
          text: name === "index" ? "rowfn" : `rowfn/${name}`,
          link: `/reference/${name}`,
        })),
      },
    ],
    outline: [2, 3],
  },
});
