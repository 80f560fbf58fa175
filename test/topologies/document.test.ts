// The results are those of `bun run test:topologies`, which also writes the page.
import { expect, test } from "bun:test";
import { ALL_CHECKS } from "./checks.ts";
import { DOCUMENT, document } from "./document.ts";
import { TOPOLOGIES } from "./topologies.ts";

test("docs/topologies.md contains every check and every topology of the source", async () => {
  expect(await Bun.file(DOCUMENT).text()).toBe(document());
});

test("there are at least 60 checks, and the names of checks and the ids of topologies are unique", () => {
  const names = ALL_CHECKS.map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(60);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(TOPOLOGIES.map(({ id }) => id)).size).toBe(TOPOLOGIES.length);
});
