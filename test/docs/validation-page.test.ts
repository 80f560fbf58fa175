import { expect, test } from "bun:test";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

test("the page names the version of Valibot that rowfn depends on", async () => {
  const { dependencies } = await Bun.file(join(ROOT, "package.json")).json();
  const page = await Bun.file(join(ROOT, "docs/validation.md")).text();
  expect(page.match(/bun add (valibot@\S+)`/)?.[1]).toBe(`valibot@${dependencies.valibot}`);
});
