import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { schemaSql } from "../../src/ddl/index.ts";
import { diagram, generateModule } from "../../src/files/index.ts";
import { fingerprint, loadSchema, parseSchema } from "../../src/index.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { type Sample, sample } from "../support/command-sample.ts";

let store: Sample;

beforeAll(async () => {
  store = await sample();
});
afterAll(() => store.drop());

test("schema prints the snapshot of loadSchema to standard output, a file and a terminal", async () => {
  const schema = await loadSchema(store.sql);
  const text = await store.printed("schema");
  expect(parseSchema(text)).toEqual(schema);
  const path = join(store.directory, "made/schema.json");
  expect(await store.printed("schema", "--out", path)).toBe("");
  expect(await Bun.file(path).text()).toBe(text);
  expect(await store.onPseudoTerminal(["schema"])).toEqual({ code: 0, output: text });
});

test("--schema reads a single PostgreSQL schema", async () => {
  await store.sql`create schema audit create table event (id int primary key)`;
  const only = parseSchema(await store.printed("schema", "--schema", "audit"));
  expect(only.relations.map(({ key }) => key)).toEqual(["audit.event"]);
  await store.sql`drop schema audit cascade`;
});

test("sql creates the same schema in an empty database", async () => {
  const schema = await loadSchema(store.sql);
  const text = await store.printed("schema", "--format", "sql");
  expect(text).toBe(schemaSql(schema).replace(/\n?$/, "\n"));
  const copy = await testDatabase({ template: text });
  try {
    expect(fingerprint(await loadSchema(copy.sql))).toBe(fingerprint(schema));
  } finally {
    await copy.drop();
  }
});

test("sql has the functions that triggers and columns need, and --functions puts them into a snapshot", async () => {
  await store.sql.unsafe(`create function double(n int) returns int language sql immutable as 'select n * 2';
    create table pair (n int, twice int generated always as (double(n)) stored)`);
  const schema = await loadSchema(store.sql, { functions: true });
  const text = await store.printed("schema", "--format", "sql");
  expect(text).toContain("CREATE OR REPLACE FUNCTION public.double(n integer)");
  const copy = await testDatabase({ template: text });
  expect(fingerprint(await loadSchema(copy.sql, { functions: true }))).toBe(fingerprint(schema));
  await copy.drop();
  expect(parseSchema(await store.printed("schema", "--functions"))).toEqual(schema);
  expect(await store.printed("generate", "--functions")).toBe(generateModule(schema));
  const file = join(store.directory, "functions.json");
  await store.printed("schema", "--functions", "--out", file);
  await store.sql.unsafe(
    "create or replace function double(n int) returns int language sql immutable as 'select n + n'",
  );
  expect(await store.inPipe(["check", file])).toMatchObject({ code: 1 });
  expect(await store.printed("diff", file)).toContain("select n + n");
  await store.sql.unsafe("drop table pair; drop function double");
});

test("--functions is rejected where it would change nothing", async () => {
  expect(await store.inPipe(["schema", "--functions", "--format", "sql"])).toEqual({
    code: 2,
    output: "",
    errors: "error: --format sql has all functions; leave out --functions\n",
  });
  expect(await store.inPipe(["schema", "--functions", "--format", "svg"])).toEqual({
    code: 2,
    output: "",
    errors: "error: --functions belongs to --format json; leave it out\n",
  });
});

test("diagrams can contain some tables or all of them", async () => {
  const schema = await loadSchema(store.sql);
  for (const format of ["mermaid", "dot", "svg"] as const)
    expect(await store.printed("schema", "--format", format)).toBe(diagram(schema, { format }));
  const tables = ["album", "artist"];
  expect(await store.printed("schema", ...tables, "--format", "mermaid")).toBe(
    diagram(schema, { format: "mermaid", tables }),
  );
  expect(await store.inPipe(["schema", "album"])).toEqual({
    code: 2,
    output: "",
    errors: "error: tables can be chosen only for a diagram; add --format mermaid, dot or svg\n",
  });
});

test("rows are printed in every format", async () => {
  const rows = (format: string): Promise<string> =>
    store.printed("rows", "genre", "--where", "genre_id=1", "--format", format);
  expect(await rows("markdown")).toBe("| genre\\_id | name |\n| --: | --- |\n| 1 | Ambient |\n");
  expect(await rows("html")).toContain("<td>Ambient</td>");
  expect(await rows("table")).toBe("genre_id  name\n--------  -------\n       1  Ambient\n");
});
