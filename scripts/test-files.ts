// The tests that `bun run mutants` and `bun run coverage` run.
import { readdirSync } from "node:fs";
import { join } from "node:path";

// These start programs or compare texts of the repository; the examples are long.
const LEFT_OUT = [
  /^test\/(bench|cli|testing|packaging|static-types|topologies)\//,
  /^test\/docs\/(?!doc-comments|errors-page|numbers|round-trips)/,
  /^test\/(architecture|mutations|driver\/poolers|http\/event-source)\.test/,
];

/** The test files whose path contains one of `filters`. */
export function testFileNames(root: string, filters: readonly string[]): readonly string[] {
  return readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .map(name => `test/${name}`)
    .filter(name => name.endsWith(".test.ts") && !LEFT_OUT.some(pattern => pattern.test(name)))
    .filter(name => filters.length === 0 || filters.some(filter => name.includes(filter)))
    .sort();
}

/** Variables of the environment for fewer random cases: many reach little more, and take most of the time. */
export const FEW_RANDOM_CASES: Readonly<Record<string, string>> = {
  ROWFN_DIFFERENTIAL_VALUES: "60",
  ROWFN_ABORTED_CALLS: "60",
  ROWFN_RANDOM_MIGRATIONS: "3",
  ROWFN_RANDOM_DUMPS: "2",
  ROWFN_RANDOM_TABLES: "4",
  ROWFN_REPLICA_WRITES: "40",
  ROWFN_HTTP_REQUESTS: "120",
  ROWFN_HTTP_EDITS: "10",
};
