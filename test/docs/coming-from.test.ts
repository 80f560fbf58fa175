// The code in docs/from-*.md, which `bun run docs:generate` copies there. Prisma, with 300 MB of packages, is left to
// .ci/run.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { pythonWithSqliteUtils } from "../../bench/coming-from/sqlite.ts";

const BENCH = join(import.meta.dir, "../../bench/coming-from");

async function compare(...libraries: readonly string[]): Promise<unknown> {
  const child = Bun.spawn([process.execPath, join(BENCH, "compare.ts"), ...libraries], {
    stdout: "pipe",
    stderr: "ignore",
  });
  const output = await child.stdout.text();
  return { code: await child.exited, output };
}

// All tasks run together, because their types are checked first.
const LIBRARIES = [
  ...["drizzle", "kysely", "postgres-js"],
  ...(pythonWithSqliteUtils() === undefined ? [] : ["sqlite-utils"]),
];

test(`the tasks in ${LIBRARIES.join(", ")} compile, and return and store the same rows as the tasks in rowfn`, async () => {
  const output = LIBRARIES.map(name => `${name}: the same rows\n`).join("");
  expect(await compare(...LIBRARIES)).toEqual({ code: 0, output });
});
