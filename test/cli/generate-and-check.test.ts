import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { generateModule, snapshotJson } from "../../src/files/index.ts";
import { loadSchema } from "../../src/index.ts";
import { type Sample, sample } from "../support/command-sample.ts";
import { inPipe } from "../support/run-command.ts";

const ROWFN = join(import.meta.dir, "../../src/index.ts");
let store: Sample;
/** The module with the types before the tables change. */
let stale: string;

beforeAll(async () => {
  store = await sample();
  stale = await writeModule("stale");
});
afterAll(() => store.drop());

/** Writes the module as it can be imported from outside a project; a process imports a path only once. */
async function writeModule(name: string, ...options: readonly string[]): Promise<string> {
  const module = join(store.directory, `src/${name}.ts`);
  const { code, errors } = await store.inPipe(["generate", "--out", module, ...options]);
  expect([code, errors]).toEqual([0, ""]);
  const text = await Bun.file(module).text();
  await Bun.write(module, text.replace('from "rowfn"', `from ${JSON.stringify(ROWFN)}`));
  return module;
}

test("generate writes the module of generateModule to standard output", async () => {
  const { code, output, errors } = await store.inPipe(["generate"]);
  expect([code, errors]).toEqual([0, ""]);
  expect(output).toBe(generateModule(await loadSchema(store.sql)));
});

test("generate --out writes the module and its snapshot to two files", async () => {
  const path = join(store.directory, "a/b/database.ts");
  const json = join(store.directory, "a/b/database.json");
  expect(await store.inPipe(["generate", "--out", path])).toEqual({
    code: 0,
    output: `wrote ${path} and ${json}\n`,
    errors: "",
  });
  const schema = await loadSchema(store.sql);
  expect(await Bun.file(path).text()).toBe(generateModule(schema, { snapshot: "./database.json" }));
  expect(await Bun.file(json).text()).toBe(snapshotJson(schema));
});

test("generate --out with an invalid --json changes neither file", async () => {
  const [out, json] = ["kept.ts", "kept.json"].map(name => join(store.directory, name)) as [string, string];
  await Bun.write(out, "module");
  await Bun.write(json, "snapshot");
  const { code } = await store.inPipe(["generate", "--out", out, "--json", "genre.nothing=Theme"]);
  expect(code).toBe(1);
  expect([await Bun.file(out).text(), await Bun.file(json).text()]).toEqual(["module", "snapshot"]);
});

test("generate excludes partitions without --partitions", async () => {
  await store.sql.unsafe(`create table reading (at date) partition by range (at);
    create table reading_2026 partition of reading for values from ('2026-01-01') to ('2027-01-01')`);
  const path = join(store.directory, "partitions.ts");
  const json = join(store.directory, "partitions.json");
  try {
    for (const [option, expected] of [
      [[], false],
      [["--partitions"], true],
    ] as const) {
      await store.printed("generate", "--out", path, ...option);
      const texts = [await Bun.file(path).text(), await Bun.file(json).text()];
      expect(texts.map(text => text.includes("reading_2026"))).toEqual([expected, expected]);
    }
  } finally {
    await store.sql.unsafe("drop table reading");
  }
});

test("generate accepts JavaScript forms of types and types of json columns", async () => {
  const { output } = await store.inPipe([
    "generate",
    ...["--schema", "public", "--types", "int8=bigint", "--types", "customer.created_at=string"],
    ...["--json", "customer.settings=Settings@./settings.ts"],
  ]);
  expect(output).toContain('import type { Settings } from "./settings.ts";');
  expect(output).toContain("  settings: Settings;");
  expect(output).toContain("  bytes: bigint | null;");
  expect(output).toContain("  created_at: string;");
  expect(output).toContain("  deleted_at: Date | null;");
});

test("an unknown JavaScript form is an invalid command line", async () => {
  const { code, output, errors } = await store.inPipe(["generate", "--types", "int8=float"]);
  expect([code, output]).toEqual([2, ""]);
  expect(errors).toBe('error: --types: int8 must be "string", "bigint" or "number", received "float"\n');
});

test("an option that is not in the form name=value is an invalid command line", async () => {
  const { code, errors } = await store.inPipe(["generate", "--json", "customer.settings"]);
  expect([code, errors]).toEqual([2, 'error: --json must be name=value, received "customer.settings"\n']);
});

test("check reads the database with the JavaScript forms of the module", async () => {
  const module = await writeModule("bigint", "--types", "int8=bigint");
  const { code, output, errors } = await store.inPipe(["check", module]);
  expect([code, output, errors]).toEqual([0, `${module} matches the database\n`, ""]);
});

test("a check constraint on the whole row does not prevent loading the module", async () => {
  await store.sql.unsafe(
    "create table pair (a int, b int, check (num_nonnulls(pair.*) > 0), check (pair is not null))",
  );
  try {
    const module = await writeModule("pair");
    expect(await store.inPipe(["check", module])).toEqual({
      code: 0,
      output: `${module} matches the database\n`,
      errors: "",
    });
  } finally {
    await store.sql.unsafe("drop table pair");
  }
});

test("check prints a line per difference and exits with 1", async () => {
  await store.sql.unsafe(
    "alter table album add column label text; alter table playlist alter name type varchar(200); drop table invoice_line cascade",
  );
  const { code, output, errors } = await store.inOwnProcess(["check", stale]);
  expect([code, errors]).toEqual([1, ""]);
  expect(output).toBe(
    [
      `${stale} does not match the database:`,
      "  column public.album.label: added",
      "  view public.genre_sales: removed",
      "  table public.invoice_line: removed",
      "  column public.playlist.name: type character varying(120) → character varying(200)",
      "",
    ].join("\n"),
  );
});

test("on a terminal the differences are colored, unless NO_COLOR is set", async () => {
  const colored = await store.onPseudoTerminal(["check", stale], { columns: 200 });
  expect(colored.code).toBe(1);
  expect(colored.output).toContain("\x1b[32mcolumn public.album.label: added\x1b[39m\n");
  expect(colored.output).toContain("\x1b[31mtable public.invoice_line: removed\x1b[39m\n");
  const plain = await store.onPseudoTerminal(["check", stale], { columns: 200, env: { NO_COLOR: "1" } });
  expect(plain.output).toContain("  column public.album.label: added\n");
});

test("check also accepts the snapshot of `rowfn schema`", async () => {
  const path = join(store.directory, "schema.json");
  await store.inPipe(["schema", "--out", path]);
  expect((await store.inPipe(["check", path])).output).toBe(`${path} matches the database\n`);
});

test("check reports a missing file and a file that exports no snapshot", async () => {
  const empty = join(store.directory, "empty.ts");
  await Bun.write(empty, "export {};\n");
  expect((await store.inPipe(["check", empty])).errors).toBe(
    `error: ${empty} has no export \`schema\`; create the module with \`rowfn generate --out ${empty}\`\n`,
  );
  const missing = join(store.directory, "missing.ts");
  expect(await store.inPipe(["check", missing])).toEqual({
    code: 1,
    output: "",
    errors: `error: file ${missing} does not exist\n`,
  });
});

test("--migrations generates and checks a module without a database", async () => {
  const directory = join(store.directory, "migrations");
  await Bun.write(join(directory, "001_note.sql"), "create table note (id int primary key, body text);");
  const path = join(store.directory, "note.ts");
  const json = join(store.directory, "note.json");
  const run = (...args: readonly string[]) => inPipe(["--migrations", directory, ...args]);
  expect(await run("generate", "--out", path)).toEqual({
    ...{ code: 0, output: `wrote ${path} and ${json}\n`, errors: "" },
  });
  expect(await Bun.file(path).text()).toContain("export interface NoteRow");
  await Bun.write(join(directory, "002_stars.sql"), "alter table note add stars int;");
  expect(await run("check", json)).toEqual({
    code: 1,
    output: `${json} does not match the database:\n  column public.note.stars: added\n`,
    errors: "",
  });
  expect(await run("--demo", "tables")).toEqual({
    code: 2,
    output: "",
    errors: "error: --migrations starts its own server; leave out --url and --demo\n",
  });
  expect((await inPipe(["--migrations", join(directory, "none"), "tables"])).errors).toContain(
    `the migrations directory ${join(directory, "none")}`,
  );
});
