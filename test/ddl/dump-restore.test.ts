// Random schemas, checked with PostgreSQL's own tools. The copy that pg_dump and psql create, the copy that `schemaSql`
// creates and the result of a migration from another schema all equal the original.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import fc from "fast-check";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { migrationSql, schemaSql } from "../../src/ddl/index.ts";
import { fingerprint, loadSchema, parseSchema, type SchemaSnapshot, schemaDiff } from "../../src/index.ts";
import { type PostgresServer, startPostgres } from "../../src/testing/index.ts";
import { FEATURES, randomFeatures, randomSettings } from "../support/random-features.ts";
import { randomSchema } from "../support/random-schema.ts";
import { runSteps } from "../support/run-steps.ts";

// Each run creates two schemas.
const RUNS = Number(process.env["ROWFN_RANDOM_DUMPS"] ?? 3);
// PostgreSQL 15, if it is installed: the embedded binaries have no pg_dump.
const BINARIES =
  process.env["ROWFN_POSTGRES"] ?? ["/usr/lib/postgresql/15/bin"].find(directory => existsSync(directory));
const TOOLS = BINARIES !== undefined && existsSync(join(BINARIES, "pg_dump")) ? BINARIES : undefined;
const EXTENSIONS = 'pg_trgm, btree_gist, citext, hstore, "uuid-ossp"';
const EMPTY = `drop schema if exists public, aux, oc cascade; drop extension if exists ${EXTENSIONS} cascade; create schema public;`;

const PARTITIONS = { partitions: true } as const;

let server: PostgresServer;
let one: SQL;
let other: SQL;

beforeAll(async () => {
  server = await startPostgres(BINARIES === undefined ? {} : { binaries: BINARIES });
  const admin = new SQL(server.url, { max: 1 });
  await admin.unsafe("create database one");
  await admin.unsafe("create database other");
  await admin.close();
  const prepare = process.env["ROWFN_PREPARE"] !== "false";
  one = new SQL(urlOf("one"), { max: 1, prepare });
  other = new SQL(urlOf("other"), { max: 1, prepare });
});
afterAll(async () => {
  await Promise.all([one.close(), other.close()]);
  await server.stop();
});

function urlOf(database: string): string {
  return server.url.replace(/\/postgres$/, `/${database}`);
}

function load(sql: SQL): Promise<SchemaSnapshot> {
  return loadSchema(sql, { functions: true, settings: "any" });
}

async function create(sql: SQL, text: string): Promise<SchemaSnapshot> {
  await sql.unsafe(EMPTY + text);
  return await load(sql);
}

function expectEqual(found: SchemaSnapshot, wanted: SchemaSnapshot): void {
  expect(schemaDiff(found, wanted, PARTITIONS)).toEqual([]);
  expect(fingerprint(found, PARTITIONS)).toBe(fingerprint(wanted, PARTITIONS));
  expect(migrationSql(found, wanted, PARTITIONS)).toEqual([]);
}

/** Copies the schema of one database to the other with pg_dump and psql. */
async function restore(tools: string): Promise<void> {
  const dump = Bun.spawn([join(tools, "pg_dump"), "--schema-only", urlOf("one")], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const text = await new Response(dump.stdout).text();
  expect([await dump.exited, await new Response(dump.stderr).text()]).toEqual([0, ""]);
  const psql = Bun.spawn([join(tools, "psql"), "-qX", "-v", "ON_ERROR_STOP=1", urlOf("other")], {
    stdin: new Blob([text]),
    stdout: "ignore",
    stderr: "pipe",
  });
  const errors = await new Response(psql.stderr).text();
  expect([await psql.exited, errors.replaceAll(/^.*NOTICE.*\n?/gm, "")]).toEqual([0, ""]);
}

/** A schema with many features; in half of the runs also plain tables. */
function anySchema(): fc.Arbitrary<string> {
  return (
    fc
      .tuple(randomFeatures(), fc.option(randomSchema(), { freq: 2 }))
      // Both generators create a schema aux.
      .map(([features, tables]) =>
        tables === null || tables.includes("aux") ? features : `${features}\n${tables}`,
      )
  );
}

/** Compares a schema with its copies and migrates it to another schema. */
async function compare(before: string, after: string, settings: string): Promise<void> {
  const from = await create(one, before);
  expect(parseSchema(JSON.stringify(from))).toEqual(from);
  if (TOOLS !== undefined && before !== "") {
    await other.unsafe(EMPTY);
    await restore(TOOLS);
    expectEqual(await load(other), from);
  }
  await other.unsafe(settings + EMPTY);
  await other.unsafe(schemaSql(from));
  expectEqual(await load(other), from);
  const to = await create(other, after);
  await runSteps(one, migrationSql(from, to, { ...PARTITIONS, columnOrder: true }));
  expectEqual(await load(one), to);
}

test(`${RUNS * 2} random schemas are the same after a dump, after schemaSql and after one migration`, async () => {
  await fc.assert(fc.asyncProperty(anySchema(), anySchema(), randomSettings(), compare), { numRuns: RUNS });
}, 1_800_000);

// The Chinook file creates its own database and contains psql commands; only its tables are needed.
const CHINOOK = process.env["ROWFN_CHINOOK_SQL"];
const DATABASES = new Map([
  ["the music store", async () => MUSIC_STORE_SQL],
  ...(CHINOOK
    ? [
        [
          "Chinook",
          async () => (await Bun.file(CHINOOK).text()).replaceAll(/^(?:DROP|CREATE) DATABASE.*|^\\c.*/gm, ""),
        ] as const,
      ]
    : []),
]);

test.each([...DATABASES])(
  "%s is the same after a dump and after schemaSql, and one migration creates and drops it",
  async (_name, text) => {
    const schema = await text();
    await compare(schema, "", "");
    await compare("", schema, "set TimeZone = 'Europe/Berlin'; set DateStyle = 'German, DMY';");
  },
);

// The variants of all features together, because each dump starts two programs.
const VARIANTS = Object.values(FEATURES);
const STEPS = Math.max(...VARIANTS.map(variants => variants.length));

/** The schema with one variant of each feature that has so many. */
function schemaOfStep(step: number): string {
  return VARIANTS.map(variants => variants[step] ?? "").join("\n");
}

test.each(Array.from({ length: STEPS }, (_, step) => step))(
  "variant %i of each feature is the same after a dump and after schemaSql, and becomes the next variant",
  step => compare(schemaOfStep(step), schemaOfStep(step + 1), ""),
  600_000,
);
