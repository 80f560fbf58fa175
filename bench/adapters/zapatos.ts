import pg from "pg";
import * as db from "zapatos/db";
import { type Adapter, batches, type Line, POOL } from "../adapter.ts";

// Zapatos gets its static types from a generated module, which has no effect at run time.
const { select, selectOne, count, insert, update, upsert, deletes, parent, conditions, serializable } =
  // biome-ignore lint/suspicious/noExplicitAny: see above
  db as unknown as Record<string, any>;

export async function open(url: string): Promise<Adapter> {
  const pool = new pg.Pool({ connectionString: url, max: POOL });
  const order = { by: "id", direction: "ASC" };
  const inParts = (lines: readonly Line[], write: (part: readonly Line[]) => { run(on: unknown): unknown }) =>
    serializable(pool, async (tx: unknown) => {
      for (const part of batches(lines)) await write(part).run(tx);
    });
  return {
    get: id => selectOne("line", { id }).run(pool),
    filtered: amount => select("line", { amount }, { order, limit: 50 }).run(pool),
    count: amount => count("line", { amount }).run(pool),
    insertOne: line => insert("target", line).run(pool),
    updateOne: async (id, name) => (await update("target", { name }, { id }).run(pool))[0],
    upsertOne: line => upsert("target", line, "id", { reportAction: "suppress" }).run(pool),
    deleteOne: async id => (await deletes("target", { id }).run(pool))[0],
    insertMany: lines => inParts(lines, part => insert("target", part, { returning: ["id"] })),
    upsertMany: lines =>
      inParts(lines, part => upsert("target", part, "id", { returning: ["id"], reportAction: "suppress" })),
    fetch: (table, upTo) => select(table, { id: conditions.lte(upTo) }).run(pool),
    nested: upTo =>
      select(
        "artist",
        { id: conditions.lte(upTo) },
        {
          order,
          lateral: {
            album: select(
              "album",
              { artist_id: parent("id") },
              { order, lateral: { track: select("track", { album_id: parent("id") }, { order }) } },
            ),
          },
        },
      ).run(pool),
    close: () => pool.end(),
  };
}
