// Limits and defaults on the pages equal those of the code. A measurement on a page is accompanied by its command.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/**
 * A page, its words around the number, the source file, the code before the number, and the factor between the two
 * numbers.
 */
type Named = readonly [page: string, words: string, file: string, code: string, factor?: number];

const SECOND = 1_000;
const MEBIBYTE = 1_048_576;

const NUMBERS: readonly Named[] = [
  ["architecture", "fewer than {} rows, or `returning`", "rows/upsert-many", "STAGE_FROM_ROWS = "],
  ["cli", "by COPY in batches of {}", "rows/write-many", "BATCH_ROWS = "],
  ["deadlines", "does not answer for {} seconds", "driver/deadline", "ANSWER_MS = ", SECOND],
  ["deadlines", "call rejects after {} seconds", "driver/deadline", "ANSWER_MS = ", SECOND],
  ["files", "by COPY in batches of {} rows", "rows/write-many", "BATCH_ROWS = "],
  ["files", "Called after every {} rows", "files/file-progress", "REPORT_ROWS = "],
  ["filters", "in the whole filter (default: {})", "validate/filter-schema", "maxConditions ?? "],
  ["filters", "`or` and `not` (default: {})", "validate/filter-schema", "maxDepth ?? "],
  ["filters", "in `and` and `or` (default: {})", "validate/filter-schema", "maxList ?? "],
  ["http", "A page has {} rows unless", "http/query/query-rules", "DEFAULT_LIMIT = "],
  ["http", "and at most {} or the `limit`", "http/query/query-rules", "MAX_LIMIT = "],
  ["http", "number of values in a list; {} by default", "http/query/query-rules", "MAX_LIST = "],
  ["http", "size in bytes; {} MiB by default, for", "http/body/read-body", "LIMIT = ", MEBIBYTE],
  ["http", "for `bodyRows` {} MiB", "http/body/body-rows", "LIMIT = ", MEBIBYTE],
  ["http", "between heartbeats; {} by default", "http/events/event-stream", "HEARTBEAT_MS = "],
  ["http", "heartbeats of `?stream`; {} by default", "http/events/event-stream", "HEARTBEAT_MS = "],
  ["migrations", "({} milliseconds) fails", "ddl/migrate/migrate", "WAIT_MS = "],
  ["migrations", "migrates the database; {} by default", "ddl/migrate/migrate-down", "WAIT_MS = "],
  ["notifications", "a payload of more than {} bytes", "queues/channel", "MAX_PAYLOAD_BYTES = "],
  ["notifications", "the limit (default: {}) were waiting", "queues/listen", "LIMIT = "],
  ["notifications", "does not arrive within {} seconds", "queues/subscribe", "WAIT_MS = ", SECOND],
  ["notifications", "or for more than {} missed changes", "queues/change-log", "MAX_CHANGES = "],
  ["notifications", "wait for the loop; {} by default", "queues/listen", "LIMIT = "],
  ["queues", "every `poll` milliseconds (default: {})", "queues/work", "poll = "],
  ["reading", "rows per round trip (default: {})", "rows/stream-rows", "batch = "],
  ["replicas", "tried again after {} milliseconds", "replicas/cluster", "RETRY_MS = "],
  ["start", "wait for a connection (default: {})", "driver/open-handle", "connectionTimeout: ", 1 / SECOND],
];

const escapePattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

test.each(NUMBERS)("docs/%s.md: %s", (page, words, file, code, factor = 1) => {
  const text = readFileSync(join(ROOT, "docs", `${page}.md`), "utf8").replaceAll(/\s+/g, " ");
  const source = readFileSync(join(ROOT, "src", `${file}.ts`), "utf8");
  const [before, after] = words.split("{}").map(escapePattern);
  const named = new RegExp(`${before}([\\d,]+)${after}`).exec(text)?.[1]?.replaceAll(",", "");
  const defined = new RegExp(`\\b${escapePattern(code)}([\\d_]+)`).exec(source)?.[1]?.replaceAll("_", "");
  expect([Number(named) * factor, defined]).toEqual([Number(defined), expect.any(String)]);
});

/** A page or other file, its words around a version, the package.json with the version, and the package. */
const VERSIONS = [
  ["docs/from-drizzle.md", "with drizzle-orm {} on", "bench", "drizzle-orm"],
  ["docs/from-kysely.md", "with kysely {} with", "bench", "kysely"],
  ["docs/from-kysely.md", "with pg {}.", "bench", "pg"],
  ["docs/from-postgres-js.md", "with postgres {}.", "bench", "postgres"],
  ["docs/from-prisma.md", "with Prisma {} with", "bench/coming-from/prisma", "prisma"],
  ["docs/validation.md", "`bun add valibot@{}`", ".", "valibot"],
  ["README.md", "npx -y bun@{} run", ".", "@types/bun"],
  ["README.md", "Bun {} or later", ".", "@types/bun"],
  ["CONTRIBUTING.md", "[Bun](https://bun.com) {}.", ".", "@types/bun"],
] as const;

test.each(VERSIONS)("%s: %s", async (page, words, directory, name) => {
  const text = readFileSync(join(ROOT, page), "utf8").replaceAll(/\s+/g, " ");
  const { dependencies, devDependencies } = (await Bun.file(
    join(ROOT, directory, "package.json"),
  ).json()) as Record<string, Record<string, string>>;
  const [before, after] = words.split("{}").map(escapePattern);
  const version = new RegExp(`${before}(\\d[\\d.]*\\d)${after}`).exec(text)?.[1];
  expect(version).toBe({ ...devDependencies, ...dependencies }[name]!);
});

test("the service in docs/http.md has as many lines as the page says", () => {
  const text = readFileSync(join(ROOT, "docs/http.md"), "utf8");
  const files = [...new Bun.Glob("*.ts").scanSync(join(ROOT, "examples/invoices"))].filter(
    file => !file.endsWith(".test.ts"),
  );
  const lines = files.map(
    file => readFileSync(join(ROOT, "examples/invoices", file), "utf8").split("\n").length - 1,
  );
  const named = /a whole service in (\d+) lines/.exec(text)?.[1];
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(Number(named));
});
