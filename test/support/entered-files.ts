// Prints the files of src/ that a call enters if its statement is cached: `bun entered-files.ts <database url>`. The
// database contains the music store. When a function of src/ is loaded, it is changed so that it reports its file.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@babel/parser";
import type { Node } from "@babel/types";
import { SQL } from "bun";

const SOURCE = join(import.meta.dir, "../../src");
const entered = new Set<string>();

/** The name of the function that the changed functions call. */
const REPORT = "reportEnteredFile";
(globalThis as Record<string, unknown>)[REPORT] = (file: string) => entered.add(file);

interface Insertion {
  readonly at: number;
  readonly code: string;
}

function insertionsOf(node: Node, report: string): readonly Insertion[] {
  const children = Object.values(node).flat().filter(isNode);
  const inner = children.flatMap(child => insertionsOf(child, report));
  const body = /Function|^ObjectMethod$/.test(node.type) && "body" in node ? node.body : undefined;
  if (!isNode(body)) return inner;
  if (body.type === "BlockStatement") return [{ at: body.start! + 1, code: `${report};` }, ...inner];
  return [{ at: body.start!, code: `(${report}, ` }, ...inner, { at: body.end!, code: ")" }];
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

function withReports(file: string, source: string): string {
  const { program } = parse(source, {
    sourceType: "module",
    plugins: ["typescript"],
    createParenthesizedExpressions: true,
  });
  const insertions = insertionsOf(program, `${REPORT}(${JSON.stringify(file)})`);
  let text = source;
  for (const { at, code } of insertions.toSorted((a, b) => b.at - a.at))
    text = text.slice(0, at) + code + text.slice(at);
  return text;
}

const filter = new RegExp(`^${SOURCE}/.*\\.ts$`);
Bun.plugin({
  name: "entered files",
  setup: build => {
    build.onLoad({ filter }, ({ path }) => ({
      contents: withReports(path.slice(SOURCE.length + 1), readFileSync(path, "utf8")),
      loader: "ts",
    }));
  },
});

const { get, gt, insert, loadSchema, page, rowsWhere, upsertMany } = await import("../../src/index.ts");
const sql = new SQL(process.argv[2]!, { max: 1, prepare: process.env["ROWFN_PREPARE"] !== "false" });
const schema = await loadSchema(sql);

let id = 1000;
const newGenre = (): { genre_id: number; name: string } => ({ genre_id: ++id, name: `Genre ${id}` });
const newGenres = (count: number): readonly Record<string, unknown>[] =>
  Array.from({ length: count }, newGenre);
const where = { milliseconds: gt(5) };

async function readPages(): Promise<void> {
  for (const orderBy of ["genre_id", "name"]) {
    const { next } = await page(sql, schema, "genre", { orderBy, limit: 2 });
    await page(sql, schema, "genre", { orderBy, limit: 2, after: next });
  }
}

const CALLS: Readonly<Record<string, () => Promise<unknown>>> = {
  get: () => get(sql, schema, "genre", 1),
  insert: () => insert(sql, schema, "genre", newGenre()),
  rowsWhere: () => rowsWhere(sql, schema, "track", { where, orderBy: "name" }),
  upsertMany: () => upsertMany(sql, schema, "genre", newGenres(2)),
  page: readPages,
};

const files: Record<string, readonly string[]> = {};
for (const [name, call] of Object.entries(CALLS)) {
  await call();
  await call();
  entered.clear();
  await call();
  files[name] = [...entered];
}
await sql.close();
console.log(JSON.stringify(files));
