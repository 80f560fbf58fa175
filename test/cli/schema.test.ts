import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { schemaSql } from "../../src/ddl/index.ts";
import { diagram } from "../../src/files/index.ts";
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
