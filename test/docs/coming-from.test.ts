// The code of docs/from-*.md, which `bun run docs:generate` copies there. Prisma, with 300 MB of packages, is left to .ci/run.
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

for (const name of ["drizzle", "kysely", "postgres-js"])
  test(`the tasks in ${name} compile, and return and store the same rows as those in rowfn`, async () => {
    expect(await compare(name)).toEqual({ code: 0, output: `${name}: the same rows\n` });
  });

if (pythonWithSqliteUtils() !== undefined)
  test("the tasks in sqlite-utils return and store the same rows as those in rowfn", async () => {
    expect(await compare("sqlite-utils")).toEqual({ code: 0, output: "sqlite-utils: the same rows\n" });
  });
