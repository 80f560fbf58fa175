import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const PAGES = ["CONTRIBUTING.md", "docs/architecture.md"];

/** The paths in a text that are below the folders of the repository. */
function pathsIn(text: string): readonly string[] {
  const paths = text.match(/(?<![\w/.-])(?:src|test|docs|bench|examples|scripts)(?:\/[\w.-]*\w)+/g) ?? [];
  return [...new Set(paths)];
}

for (const page of PAGES) {
  const text = readFileSync(join(ROOT, page), "utf8");

  test(`${page} mentions only existing files`, () => {
    const paths = pathsIn(text);
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter(path => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test(`${page} links only to existing pages`, () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link]) => link!);
    expect(links.filter(link => !existsSync(join(ROOT, page, "..", link)))).toEqual([]);
  });
}

test("the map and the recipes mention only identifiers that their files define", () => {
  const named: Readonly<Record<string, readonly string[]>> = {
    "src/statements/column-operators.ts": ["COLUMN_OPERATORS"],
    "src/types/catalogue.ts": ["CATALOGUE"],
    "src/types/scalar.ts": ["scalarCodec", "stringCodec"],
    "src/files/codegen/column-types.ts": ["ROWFN_TYPES"],
    "src/cli/program.ts": ["SUBCOMMANDS"],
    "src/cli/open-database.ts": ["withDatabase"],
    "src/cli/output/show-rows.ts": ["showRows"],
    "src/cli/failure.ts": ["UsageError"],
    "src/schema/derived.ts": ["derive", "deriveByKey"],
    "src/statements/statement.ts": ["statementOf", "Clause"],
    "src/statements/condition.ts": ["whereClause"],
    "src/statements/relation-plan.ts": ["relationPlan"],
    "src/rows/write.ts": ["requireValidRow", "runWrite"],
    "test/support/no-rows.ts": ["NO_ROWS"],
  };
  const missing = Object.entries(named).flatMap(([file, names]) => {
    const source = readFileSync(join(ROOT, file), "utf8");
    return names.filter(name => !new RegExp(`(?:const|function|class|interface) ${name}\\b`).test(source));
  });
  expect(missing).toEqual([]);
});
