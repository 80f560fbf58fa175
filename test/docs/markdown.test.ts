import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { recordingHandle } from "../support/recording.ts";
import { NAMES, runCode } from "../support/run-code.ts";

const ROOT = join(import.meta.dir, "../..");
// all.md is generated from the other pages.
const DOCS = readdirSync(join(ROOT, "docs")).filter(name => name.endsWith(".md") && name !== "all.md");

/** The TypeScript of a page as one program; a comment after a statement states the result or the SQL. */
function program(text: string): string {
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  const code = blocks
    .join("\n")
    .replaceAll(/^import [^;]*;$/gm, "")
    .replaceAll(/^(.*);\n\/\/ (→|sends) (.*)$/gm, (_, last: string, verb: string, expected: string) =>
      verb === "→"
        ? `${last};\n/*=*/ result(${expected});`
        : `${last};\n/*=*/ sends(${JSON.stringify(expected)});`,
    );
  // The statement before a check starts at the last line without indentation.
  return code.replaceAll(
    /^(?!\/\*=\*\/)(\S[^\n]*(?:\n[ }\])][^\n]*)*);\n\/\*=\*\/ result\(/gm,
    "last = $1;\nresult(",
  );
}

/** The names that a page imports from the entry points of rowfn. */
function importedNames(text: string): string[] {
  const imports = [...text.matchAll(/^import \{([^}]*)\} from "rowfn.*";$/gm)];
  return imports.flatMap(([, names]) => names!.split(",").map(name => name.trim())).filter(Boolean);
}

let snapshot: SchemaSnapshot;
beforeAll(async () => {
  const { sql, drop } = await testDatabase({ template: MUSIC_STORE_SQL });
  snapshot = await loadSchema(sql);
  await drop();
});

for (const file of ["README.md", ...DOCS.map(name => `docs/${name}`)]) {
  describe(file, () => {
    const text = readFileSync(join(ROOT, file), "utf8");
    const code = program(text);
    let database: TestDatabase | undefined;
    beforeAll(async () => {
      // The functions in from-*.md are called in bench/coming-from.
      if (code.includes("await ") && !file.startsWith("docs/from-"))
        database = await testDatabase({ template: MUSIC_STORE_SQL });
    });
    afterAll(() => database?.drop());

    test("links only to existing files", () => {
      const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, link]) => link!);
      expect(links.filter(link => !existsSync(join(ROOT, file, "..", link)))).toEqual([]);
    });

    test("imports only existing names", () => {
      const values = importedNames(text).filter(name => !name.startsWith("type "));
      expect(values.filter(name => !(name in NAMES))).toEqual([]);
    });

    test("every example behaves as its comment states", async () => {
      const sent: string[] = [];
      const sql = database && recordingHandle(database.sql, sent);
      let checks = 0;
      await runCode(
        `let last; const result = expected => same(last, expected); const sends = text => sent(text);\n${code}`,
        {
          sql,
          schema: snapshot,
          same: (actual: unknown, expected: unknown) => {
            checks++;
            expect(actual).toEqual(expected);
          },
          sent: (expected: string) => {
            checks++;
            expect(sent.at(-1)).toBe(expected);
          },
          console: { log: () => {}, warn: () => {}, error: () => {} },
          connect: async () => ({ sql, schema: snapshot }),
        },
      );
      expect(checks).toBe((text.match(/^\/\/ (→|sends) /gm) ?? []).length);
    });
  });
}

test("the index of the documentation lists every page once", () => {
  const index = readFileSync(join(ROOT, "docs/README.md"), "utf8");
  expect(DOCS.filter(name => name !== "README.md" && index.split(`](${name})`).length !== 2)).toEqual([]);
});
