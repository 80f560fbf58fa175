// The declarations of a user's own modules, in which the compiler must be able to name every type of a result. The package's
// `exports` hide the files in which a type is declared, so that each needs an entry point.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import * as ddl from "../../src/ddl/index.ts";
import * as files from "../../src/files/index.ts";
import * as http from "../../src/http/index.ts";
import * as core from "../../src/index.ts";
import * as queues from "../../src/queues/index.ts";
import * as statements from "../../src/statements/index.ts";
import * as testing from "../../src/testing/index.ts";
import { runBun, TSC } from "../support/compile.ts";
import { declarations } from "../support/declarations.ts";

const ROOT = join(import.meta.dir, "../..");
const directory = mkdtempSync(join(tmpdir(), "rowfn-declarations-"));

const CONFIG = {
  compilerOptions: {
    target: "esnext",
    module: "preserve",
    moduleResolution: "bundler",
    resolveJsonModule: true,
    lib: ["esnext"],
    types: ["bun"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    allowImportingTsExtensions: true,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: "types",
    // The package of an application is not a link to other files.
    preserveSymlinks: true,
  },
};

beforeAll(async () => {
  const modules = join(directory, "node_modules");
  mkdirSync(join(modules, "rowfn"), { recursive: true });
  await Bun.write(join(modules, "rowfn/package.json"), JSON.stringify(packageJson));
  symlinkSync(await declarations(), join(modules, "rowfn/dist"));
  for (const name of ["@types", "valibot", "bun-types", "undici-types"])
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  for (const name of ["database.ts", "database.json", "settings.ts"])
    await Bun.write(join(directory, name), Bun.file(join(ROOT, "examples/music-store", name)));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The errors of the compiler when it writes the declarations of a module. */
async function errorsOf(text: string): Promise<readonly string[]> {
  await Bun.write(join(directory, "use.ts"), text);
  await Bun.write(join(directory, "tsconfig.json"), JSON.stringify({ ...CONFIG, files: ["use.ts"] }));
  const { output } = await runBun(directory, [TSC, "--pretty", "false"]);
  return output.split("\n").filter(line => / error TS\d+/.test(line));
}

const RESULTS = `
import type { SQL } from "bun";
import * as v from "valibot";
import {
  alias, and, byRelevance, col, connect, contains, declare, desc, expr, filterSchema, foreignKeys, get, getMany, groupBy, gt, indexes,
  insert, insertMany, insertSchema, jsonNull, like, lookup, nest, or, overrideIdentity, page, pksAndRowsWhere, q, refine,
  rowLoader, rowSchema, rowsAndCount, rowsWhere, run, type SchemaSnapshot, scope, search, selectOne, sequences, some, streamRows, table,
  traced, transaction, triggers, unscoped, update, updateMany, updateSchema, updateWhere, upsert, upsertMany, validateInsert, withDefaults,
} from "rowfn";
import { addColumn, createTable, dropTable, renameColumn, transformTable } from "rowfn/ddl";
import { bodyRows, crud, keySchema, querySchema, readBody, sessionOf } from "rowfn/http";
import { channel, claim, claimOne, giveUp, retryLater, watch } from "rowfn/queues";
import { rowsWhereSql } from "rowfn/statements";
import { schema } from "./database.ts";

export const mine = (id: number) => scope(schema, { album: { artist_id: id } });
export const inner = (id: number) => scope(mine(id), { "*": { genre_id: id } }, { open: ["album"] });
export const all = unscoped(mine(1));
export const refined = refine(schema, { genre: { name: v.pipe(v.string(), v.minLength(2)) } });
export const declared = declare(schema, { album_overview: { primaryKey: ["album_id"] } });
export const restoring = overrideIdentity(schema, "invoice");
export const albums = (sql: SQL) =>
  rowsWhere(sql, mine(1), "album", { include: { artist: true, track: { include: { genre: { select: ["name"] } } } } });
export const paged = (sql: SQL) => page(sql, schema, "album", { limit: 2, total: true, select: ["title", alias("n", expr\`1\`)] });
export const counted = (sql: SQL) => rowsAndCount(sql, mine(1), "album", { select: ["title"] });
export const one = (sql: SQL) => selectOne(sql, schema, "album", { include: { track: { aggregates: { ms: { sum: "milliseconds" } } } } });
export const several = (sql: SQL) => getMany(sql, schema, "album", [1], { include: { track: { count: true } } });
export const grouped = (sql: SQL) => groupBy(sql, schema, "track", alias("m", expr\`1\`), { aggregates: { n: "count" } });
export const streamed = (sql: SQL) => streamRows(sql, inner(1), "track", { select: ["name"] });
export const pairs = (sql: SQL) => pksAndRowsWhere(sql, schema, "playlist_track");
export const loader = (sql: SQL) => rowLoader(sql, schema, "album", { select: ["title"] });
export const inserted = (sql: SQL) =>
  insert(sql, schema, "artist", { name: "x", album: [{ title: "y" }] }, { include: nest({ album: true }) });
export const upserted = (sql: SQL) => upsert(sql, schema, "genre", { genre_id: 1, name: "x" }, { inserted: true });
export const found = (sql: SQL) => lookup(sql, schema, "genre", { genre_id: 1, name: "x" });
export const updated = (sql: SQL) => update(sql, schema, "genre", { genre_id: 1, name: "x" }, { returning: ["name"] });
export const manyUpdated = (sql: SQL) => updateMany(sql, schema, "genre", [{ genre_id: 1, name: "x" }], { returning: true });
export const whereUpdated = (sql: SQL) => updateWhere(sql, schema, "genre", { name: "x" }, { all: true, returning: true });
export const manyInserted = (sql: SQL) => insertMany(sql, mine(1), "album", [{ title: "x" }], { returning: ["title"] });
export const manyUpserted = (sql: SQL) => upsertMany(sql, schema, "genre", [{ genre_id: 1, name: "x" }]);
export const valid = validateInsert(schema, "genre", [{ genre_id: 1, name: "x" }]);
export const schemas = [rowSchema(schema, "genre"), insertSchema(mine(1), "album"), updateSchema(schema, "genre")];
export const nestedSchema = insertSchema(schema, "artist", { include: nest({ album: true }) });
export const filters = filterSchema(schema, "album", { columns: ["title"] });
export const filter = and({ name: like("x") }, some("album", { album_id: gt(1) }), or({ id: 1 }), expr\`true\`);
export const orders = [desc("name"), byRelevance("name", "x")];
export const pieces = { a: alias("z", expr\`1\`), t: table("album"), c: col("album", "title"), j: jsonNull, o: contains(["x"]), s: search("x") };
export const lookedUp = [foreignKeys(schema, "album"), indexes(schema, "album"), sequences(schema), triggers(schema, "album")];
export const enums = (any: SchemaSnapshot) => Object.values(any.types).filter(type => type.kind === "enum");
export const partsOf = ({ relations: [relation], extensions, collations, functions, objects }: SchemaSnapshot) =>
  ({ relation, extensions, collations, functions, objects, rights: relation!.privileges, identity: relation!.columns[0]!.identity });
export const handles = (sql: SQL) => [traced(sql, () => {}), withDefaults(sql, { timeout: 1 })];
export const opened = () => connect("x");
export const inTransaction = (sql: SQL) =>
  transaction(sql, async tx => ({ a: await get(tx, schema, "album", 1), b: await q<{ n: string }>(tx, schema, expr\`select 1\`) }));
export const statement = rowsWhereSql(schema, "album", { select: ["title"] });
export const ran = (sql: SQL) => run(sql, statement);
export const query = querySchema(schema, "album", { filter: ["title"], sort: ["title"], include: { artist: true } });
export const key = keySchema(schema, "playlist_track");
export const body = (request: Request) => readBody(request, insertSchema(schema, "genre"));
export const bodies = (request: Request) => bodyRows(request, schema, "genre");
export const session = (request: Request, sql: SQL) => sessionOf(sql, request);
export const routes = (sql: SQL) => crud(sql, schema, { tables: { album: { write: ["title"] }, genre: {} } });
export const claimed = (sql: SQL) => claim(sql, schema, "genre", { set: { name: "x" }, select: ["genre_id"] });
export const job = (sql: SQL) => claimOne(sql, schema, "customer", row => (row.tier === "pro" ? giveUp("no") : retryLater(1)));
export const events = (sql: SQL) => channel(sql, "x", v.object({ id: v.number() }));
export const changes = (sql: SQL) => watch(sql, schema, "genre");
export const created = async (sql: SQL) => {
  const wider = await createTable(sql, schema, "foo", { a: "text not null", b: "integer" });
  return await insert(sql, await addColumn(sql, wider, "foo", "c", "text"), "foo", { a: "x" });
};
export const changed = async (sql: SQL) => dropTable(sql, await renameColumn(sql, schema, "genre", "name", "label"), "track");
export const transformed = (sql: SQL) => transformTable(sql, schema, "genre", { notNull: { name: false } });
`;

test("functions that return what rowfn returns have declarations", async () => {
  expect(await errorsOf(RESULTS)).toEqual([]);
});

const ENTRIES: Readonly<Record<string, object>> = {
  rowfn: core,
  "rowfn/ddl": ddl,
  "rowfn/files": files,
  "rowfn/http": http,
  "rowfn/queues": queues,
  "rowfn/statements": statements,
  "rowfn/testing": testing,
};

// Errors about the arguments, which are of no interest here, have other codes.
const CANNOT_BE_NAMED = / error TS(2742|2883|40\d\d):/;

test("the result of every public function can be named", async () => {
  const text = Object.entries(ENTRIES).flatMap(([entry, exports], index) => [
    `import * as m${index} from "${entry}";`,
    ...Object.entries(exports)
      .filter(([, value]) => typeof value === "function" && !(value.prototype instanceof Error))
      .map(([name]) => {
        const one = `m${index}.${name}`;
        return `export const r${index}_${name} = () => ${one}(...([] as unknown as Parameters<typeof ${one}>));`;
      }),
  ]);
  const errors = await errorsOf(text.join("\n"));
  expect(errors.filter(line => CANNOT_BE_NAMED.test(line))).toEqual([]);
});
