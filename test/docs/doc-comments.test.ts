import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Where } from "../../src/index.ts";
import { expr, type OrderBy } from "../../src/index.ts";
import { countSql, querySql, rowsWhereSql } from "../../src/statements/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recordingHandle } from "../support/recording.ts";
import { runCode } from "../support/run-code.ts";

const SOURCE = join(import.meta.dir, "../../src");

interface Example {
  readonly file: string;
  readonly code: string;
  readonly verb: "sends" | "→" | undefined;
  readonly result: string | undefined;
}

const EXAMPLE = /^(`{1,2}) ?(.+?) ?\1(?:\s+(sends|→)\s+`([^`]+)`)?/;

function examplesOf(file: string): Example[] {
  const text = readFileSync(join(SOURCE, file), "utf8");
  return [...text.matchAll(/@example ([\s\S]*?)\s*\*\//g)].map(([, raw]) => {
    const body = raw!.replaceAll(/\s*\n\s*\* ?/g, " ");
    const [, , code, verb, result] = EXAMPLE.exec(body) ?? [];
    if (code === undefined) throw new Error(`${file}: an example that is no code: ${body}`);
    return { file, code, verb: verb as Example["verb"], result };
  });
}

const examples = readdirSync(SOURCE, { recursive: true })
  .map(String)
  .filter(name => name.endsWith(".ts"))
  .flatMap(examplesOf);

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

const TABLES = ["artist", "track", "customer"];

/** The value of an example, in the format of the text after its arrow. */
async function resultOf(code: string): Promise<unknown> {
  const { schema } = store;
  const value = await runCode(`return (${code});`, { sql: store.sql, schema });
  if (typeof value !== "object" || value === null) return value;
  if (/^(\{|or\(|and\(|not\(|some\(|none\(|every\()/.test(code)) return filterText(value);
  if (/^(asc|desc|byRelevance)\(/.test(code)) {
    const table = code.includes("milliseconds") ? "track" : "artist";
    return / (ORDER BY .*)$/.exec(
      rowsWhereSql<Record<string, unknown>>(schema, table, { orderBy: value as OrderBy }).text,
    )?.[1];
  }
  if (/^(expr|col|table)\b/.test(code)) return querySql(schema, expr`${value}`).text;
  return value;
}

/** The condition of a filter on the first table that has its columns. */
function filterText(where: Where): string | undefined {
  for (const table of TABLES) {
    try {
      return / WHERE (.*)$/.exec(countSql(store.schema, table, { where }).text)?.[1];
    } catch {}
  }
  return undefined;
}

test("there are examples to run", () => {
  expect(examples.filter(({ result }) => result !== undefined).length).toBeGreaterThan(40);
});

for (const { file, code, verb, result } of examples) {
  if (verb === undefined || result === undefined) continue;
  test(`${file}: ${code} ${verb} ${result}`, async () => {
    if (verb === "sends") {
      const sent: string[] = [];
      await runCode(`return (${code});`, {
        sql: recordingHandle(store.sql, sent),
        schema: store.schema,
      }).catch(
        // selectOne and getOrThrow may find no row.
        (error: Error) => expect(error.name).toBe("NotFoundError"),
      );
      expect(sent.at(-1)).toBe(result);
      return;
    }
    const value = await resultOf(code);
    if (typeof value === "string" && value === result) return;
    expect(value).toEqual(await runCode(`return (${result});`, {}));
  });
}
