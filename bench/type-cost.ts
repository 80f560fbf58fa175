// `bun bench/type-cost.ts`: measures the cost of the types for the compiler. Compiles sixty queries with generated modules of
// increasing size and subtracts the cost of rowfn itself.

import { parseSchema, type SchemaSnapshot } from "rowfn";
import { generateModule } from "rowfn/files";
import { schema as musicStore } from "../examples/music-store/database.ts";
import { runBun, TSC, withTypeProject } from "../test/support/compile.ts";

/** The statistics of one compilation by TypeScript 7. */
export interface TypeCost {
  readonly tables: number;
  /** The type instantiations of the module and the queries. */
  readonly instantiations: number;
  /** Seconds for the whole compilation. */
  readonly seconds: number;
}

/** Measures the cost of sixty queries with modules of approximately the given numbers of tables. */
export async function typeCosts(sizes: readonly number[]): Promise<readonly TypeCost[]> {
  const without = await diagnostics({ "use.ts": `export type * from "rowfn";` });
  const costs: TypeCost[] = [];
  for (const size of sizes) {
    const schema = copies(Math.round(size / musicStore.relations.length));
    const cost = await diagnostics({ "database.ts": generateModule(schema), "use.ts": QUERIES });
    costs.push({
      tables: schema.relations.length,
      instantiations: cost.instantiations - without.instantiations,
      seconds: cost.seconds,
    });
  }
  return costs;
}

async function diagnostics(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly instantiations: number; readonly seconds: number }> {
  const { output, exitCode } = await withTypeProject(files, directory =>
    runBun(directory, [TSC, "--extendedDiagnostics"]),
  );
  if (exitCode !== 0) throw new Error(output);
  const figure = (name: string): number => Number(new RegExp(`${name}:\\s+([\\d.]+)`).exec(output)![1]);
  return { instantiations: figure("Instantiations"), seconds: figure("Check time") };
}

/** Several copies of the music store, each with its own foreign keys. */
function copies(count: number): SchemaSnapshot {
  const relations = Array.from({ length: Math.max(count, 1) }, (_, copy) =>
    copy === 0
      ? musicStore.relations
      : musicStore.relations.map(relation => renameRelation(relation, `_${copy}`)),
  ).flat();
  return parseSchema(JSON.stringify({ ...musicStore, relations }));
}

type Relation = SchemaSnapshot["relations"][number];

function renameRelation(relation: Relation, suffix: string): Relation {
  const foreignKeys = relation.foreignKeys.map(key => ({
    ...key,
    references: { ...key.references, name: `${key.references.name}${suffix}` },
  }));
  return { ...relation, name: `${relation.name}${suffix}`, key: `${relation.key}${suffix}`, foreignKeys };
}

const QUERY_BLOCK = `
  rowsWhere(sql, schema, "track", { where: { name: like("A%"), milliseconds: gt(1) }, orderBy: "name", limit: 3 }),
  rowsWhere(sql, schema, "album", { select: ["title"], where: or({ title: "a" }, { artist_id: 1 }) }),
  rowsWhere(sql, schema, "artist", { select: ["name"], include: { album: { select: ["title"], include: { track: true } } } }),
  rowsWhere(sql, schema, "customer", { where: { tier: oneOf(["pro"]), deleted_at: null }, orderBy: desc("email") }),
  get(sql, schema, "playlist_track", { playlist_id: 1, track_id: 2 }),
  get(sql, schema, "invoice", 1, { include: { invoice_line: { include: { track: { select: ["name"] } } } } }),
  count(sql, schema, "track", { where: and({ genre_id: 1 }, some("album", { title: "a" })) }),
  groupBy(sql, schema, "track", "genre_id", { aggregates: { tracks: "count", longest: { max: "milliseconds" } } }),
  insert(sql, schema, "artist", { name: "a" }, { returning: ["artist_id"] }),
  insertMany(sql, schema, "genre", [{ genre_id: 1, name: "a" }], { returning: true }),
  update(sql, schema, "album", { album_id: 1, title: "b" }),
  upsert(sql, schema, "media_type", { media_type_id: 1, name: "b" }, { key: ["name"] }),`;

const QUERIES = `
import {
  and, count, desc, get, groupBy, gt, insert, insertMany, like, oneOf, or, rowsWhere, some, type SqlHandle, update, upsert,
} from "rowfn";
import { schema } from "./database.ts";
declare const sql: SqlHandle;
export const results: readonly unknown[] = [${QUERY_BLOCK.repeat(5)}
];
`;

if (import.meta.main) {
  const costs = await typeCosts([11, 300, 1_000]);
  for (const { tables, instantiations, seconds } of costs)
    console.log(
      `${tables} tables: ${instantiations.toLocaleString("en")} instantiations, ${(instantiations / costs[0]!.instantiations).toFixed(2)} times those of ${costs[0]!.tables}; check ${seconds} s`,
    );
}
