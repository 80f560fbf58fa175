import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MAIN } from "../support/command-process.ts";
import { type Sample, sample } from "../support/command-sample.ts";

const ROOT = join(import.meta.dir, "../..");
let store: Sample;

/** A `rowfn` on the PATH: the one of this checkout. */
beforeAll(async () => {
  store = await sample();
  const bin = join(store.directory, "bin");
  mkdirSync(bin);
  await Bun.write(join(bin, "rowfn"), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  chmodSync(join(bin, "rowfn"), 0o755);
});
afterAll(() => store.drop());

interface ShellExample {
  readonly page: string;
  readonly command: string;
  readonly expected: string;
}

/** The commands of a page's console blocks, each with its output. */
function examplesOf(page: string): ShellExample[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const blocks = [...text.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block]) => block!);
  return blocks.flatMap(block =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map(part => {
        const end = part.indexOf("\n");
        return { page, command: part.slice(0, end), expected: part.slice(end + 1) };
      }),
  );
}

async function shell(command: string): Promise<string> {
  const child = Bun.spawn(["bash", "-c", `{ ${command}\n} 2>&1`], {
    cwd: store.directory,
    env: {
      ...process.env,
      DATABASE_URL: store.database.url,
      PATH: `${join(store.directory, "bin")}:${process.env["PATH"]}`,
    },
    stdin: "ignore",
    stdout: "pipe",
  });
  return new Response(child.stdout).text();
}

for (const { page, command, expected } of ["README.md", "docs/cli.md"].flatMap(examplesOf))
  test(`${page}: $ ${command}`, async () => {
    expect(await shell(command)).toBe(expected);
  });

test("the page about the command has an example of every subcommand", async () => {
  const { rowfnProgram } = await import("../../src/cli/program.ts");
  const shown = examplesOf("docs/cli.md").map(({ command }) => /rowfn (\S+)/.exec(command)?.[1]);
  expect(
    rowfnProgram()
      .commands.map(one => one.name())
      .filter(name => !shown.includes(name)),
  ).toEqual([]);
});
