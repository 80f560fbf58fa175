import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { rowfnProgram } from "../../src/cli/program.ts";
import { inOwnProcess, MAIN, onPseudoTerminal } from "../support/command-process.ts";
import { type Sample, sample } from "../support/command-sample.ts";
import { inPipe } from "../support/run-command.ts";

const SUBCOMMANDS = rowfnProgram().commands.map(command => command.name());
let store: Sample;

beforeAll(async () => {
  store = await sample();
});
afterAll(() => store.drop());

test("without a subcommand the command fails and the help lists all subcommands", async () => {
  const { code, output, errors } = await inOwnProcess([]);
  expect([code, output]).toEqual([2, ""]);
  for (const name of SUBCOMMANDS) expect(errors).toContain(`\n  ${name} `);
});

test("--version prints the version of the package", async () => {
  expect(await inOwnProcess(["--version"])).toEqual({
    code: 0,
    output: `${packageJson.version}\n`,
    errors: "",
  });
});

describe("help", () => {
  for (const name of SUBCOMMANDS)
    test(`of ${name} shows its examples and the options of all subcommands`, async () => {
      const { code, output, errors } = await inPipe([name, "--help"]);
      expect([code, errors]).toEqual([0, ""]);
      expect(output).toStartWith(`Usage: rowfn ${name} `);
      expect(output).toContain("--url <url>");
      expect(output).toContain(`\nExamples:\n  $ rowfn ${name}`);
    });
});

test("an invalid command line exits with 2 and suggests a correction", async () => {
  expect(await inOwnProcess(["schem"])).toEqual({
    code: 2,
    output: "",
    errors: "error: unknown command 'schem'\n(Did you mean schema?)\nRun with --help for examples.\n",
  });
  expect((await inPipe(["schema", "--ouput", "x"])).code).toBe(2);
  expect((await inPipe(["check"])).errors).toBe(
    "error: missing required argument 'file'\nRun with --help for examples.\n",
  );
});

test("without a database the error explains how to choose one", async () => {
  expect(await inPipe(["schema"])).toEqual({
    code: 2,
    output: "",
    errors: "error: no database; add --url postgres://user@host:5432/name, set DATABASE_URL or try --demo\n",
  });
});

test("--url overrides DATABASE_URL, before and after the subcommand", async () => {
  const wrong = { url: "postgres://nobody@127.0.0.1:1/nowhere" };
  for (const args of [
    ["--url", store.database.url, "schema"],
    ["schema", "--url", store.database.url],
  ]) {
    const { code, output } = await inPipe(args, wrong);
    expect([code, JSON.parse(output).database]).toEqual([0, store.database.name]);
  }
});

test("an unreachable server causes one readable error without a stack and without the password", async () => {
  const { code, output, errors } = await inOwnProcess([
    "schema",
    "--url",
    "postgres://me:secret@127.0.0.1:1/db",
  ]);
  expect([code, output]).toEqual([1, ""]);
  expect(errors).toStartWith("error: ");
  expect(errors).not.toContain("secret");
  expect(errors).not.toContain("    at ");
});

test("--debug prints the stack of an error", async () => {
  const { errors } = await inOwnProcess(["schema", "--debug", "--url", "postgres://me@127.0.0.1:1/db"]);
  expect(errors).toContain("connect.ts");
});

test("an error is red on a terminal, unless NO_COLOR is set", async () => {
  const args = ["check", "missing.ts"];
  expect((await onPseudoTerminal(args)).output).toBe(
    "\x1b[31merror:\x1b[39m file missing.ts does not exist\n",
  );
  expect((await onPseudoTerminal(args, { env: { NO_COLOR: "1" } })).output).toBe(
    "error: file missing.ts does not exist\n",
  );
});

test("the command ends silently when its reader closes the pipe", async () => {
  const child = Bun.spawn(["bash", "-c", `"$0" "$1" schema | head -n 1`, process.execPath, MAIN], {
    env: { ...process.env, DATABASE_URL: store.database.url },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect([output, errors]).toEqual(["{\n", ""]);
});

test("the help ends silently when its reader has closed the pipe", async () => {
  const directory = mkdtempSync(join(tmpdir(), "rowfn-help-"));
  // The reader opens the named pipe and ends before anything is written.
  const script = `mkfifo pipe; (: < pipe) & exec 3> pipe; wait; "$0" "$1" transform --help >&3; echo "exit code $?"`;
  const child = Bun.spawn(["bash", "-c", script, process.execPath, MAIN], {
    cwd: directory,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  rmSync(directory, { recursive: true });
  expect([output, errors]).toEqual(["exit code 0\n", ""]);
});
