// The code of docs/from-*.md, which `bun run docs:generate` copies there.
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

test("the compared libraries compile, and return and store the same rows as rowfn", async () => {
  expect(await compare("drizzle", "kysely", "postgres-js", "prisma")).toEqual({
    code: 0,
    output: ["drizzle", "kysely", "postgres-js", "prisma"].map(name => `${name}: the same rows\n`).join(""),
  });
}, 300_000);

test.skipIf(pythonWithSqliteUtils() === undefined)(
  "sqlite-utils returns and stores the same rows as rowfn",
  async () => {
    expect(await compare("sqlite-utils")).toEqual({ code: 0, output: "sqlite-utils: the same rows\n" });
  },
  120_000,
);
