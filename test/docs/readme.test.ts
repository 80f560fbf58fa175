import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type MusicStore, musicStore } from "../rows/music-store.ts";
import { NAMES, recording, runCode } from "./run-code.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

/** The README's TypeScript as one program; a comment behind a statement says what it returns or sends. */
async function program(): Promise<string> {
  const text = await Bun.file(join(import.meta.dir, "../../README.md")).text();
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  const imported = blocks.flatMap(code => [...code.matchAll(/^import \{([^}]*)\} from "rowfn.*";$/gm)]);
  for (const [, names] of imported) {
    for (const name of names!
      .split(",")
      .map(part => part.trim())
      .filter(Boolean))
      expect([name, name in NAMES]).toEqual([name, true]);
  }
  return blocks
    .join("\n")
    .replaceAll(/^import [^;]*;$/gm, "")
    .replaceAll(/^(.*);\n\/\/ (→|sends) (.*)$/gm, (_, last: string, verb: string, expected: string) =>
      verb === "→"
        ? `${last};\n/*=*/ result(${expected});`
        : `${last};\n/*=*/ sends(${JSON.stringify(expected)});`,
    );
}

test("every example of the README does what its comment says", async () => {
  const sent: string[] = [];
  let checks = 0;
  const code = await program();
  // The statement before a check is kept: it starts at the last line that is not indented.
  const kept = code.replaceAll(
    /^(?!\/\*=\*\/)(\S[^\n]*(?:\n[ }\])][^\n]*)*);\n\/\*=\*\/ result\(/gm,
    "last = $1;\nresult(",
  );
  await runCode(
    `let last; const result = expected => same(last, expected); const sends = text => sent(text);\n${kept}`,
    {
      connect: async () => ({ sql: recording(store.sql, sent), schema: store.schema }),
      same: (actual: unknown, expected: unknown) => {
        checks++;
        expect(actual).toEqual(expected);
      },
      sent: (text: string) => {
        checks++;
        expect(sent.at(-1)).toBe(text);
      },
    },
  );
  expect(checks).toBe(
    (await Bun.file(join(import.meta.dir, "../../README.md")).text()).match(/^\/\/ (→|sends) /gm)!.length,
  );
});
