// The size of a bundle and the packages that it needs.
import { expect, test } from "bun:test";
import { join } from "node:path";

// The size of the code that remains after the bundler has removed unused exports.
async function gzipped(code: string): Promise<number> {
  const entry = join(import.meta.dir, "entry.ts");
  const built = await Bun.build({
    entrypoints: [entry],
    files: { [entry]: code },
    target: "bun",
    minify: true,
    external: ["valibot"],
  });
  return Bun.gzipSync(new Uint8Array(await built.outputs[0]!.arrayBuffer()), { level: 9 }).length;
}

test("reading and writing rows is at most 97 kB, gzipped and without valibot", async () => {
  const code = `import { insert, loadSchema, rowsWhere, upsert } from "../../src/index.ts"; export { insert, loadSchema, rowsWhere, upsert };`;
  expect(await gzipped(code)).toBeLessThan(97_000);
});

// A package that a function imports when it is called is the caller's choice.
test("valibot is the only package that the core imports", async () => {
  const files = [...new Bun.Glob("**/*.ts").scanSync(join(import.meta.dir, "../../src"))].filter(
    file => !/^(cli|testing)\//.test(file),
  );
  const imported = new Set<string>();
  for (const file of files) {
    const text = await Bun.file(join(import.meta.dir, "../../src", file)).text();
    for (const { path, kind } of new Bun.Transpiler({ loader: "ts" }).scanImports(text))
      if (kind === "import-statement" && !path.startsWith(".") && !path.startsWith("node:") && path !== "bun")
        imported.add(path);
  }
  expect([...imported]).toEqual(["valibot"]);
});
