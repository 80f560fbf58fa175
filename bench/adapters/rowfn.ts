import { SQL } from "bun";
import {
  count,
  deleteRow,
  get,
  insert,
  insertMany,
  loadSchema,
  lte,
  page,
  parseSchema,
  rowsWhere,
  type SqlHandle,
  update,
  upsert,
  upsertMany,
} from "rowfn";
import { type Adapter, POOL } from "../adapter.ts";

/** @param stored a file with the snapshot (default: read from the database) */
export async function open(url: string, stored?: string): Promise<Adapter> {
  const pool = new SQL(url, { max: POOL });
  const sql: SqlHandle = pool;
  const schema = stored === undefined ? await loadSchema(sql) : parseSchema(await Bun.file(stored).text());
  return {
    get: id => get(sql, schema, "line", id),
    filtered: amount => rowsWhere(sql, schema, "line", { where: { amount }, orderBy: "id", limit: 50 }),
    count: amount => count(sql, schema, "line", { where: { amount } }),
    insertOne: line => insert(sql, schema, "target", line),
    updateOne: (id, name) => update(sql, schema, "target", { id, name }),
    upsertOne: line => upsert(sql, schema, "target", line),
    deleteOne: id => deleteRow(sql, schema, "target", id),
    insertMany: lines => insertMany(sql, schema, "target", lines),
    upsertMany: lines => upsertMany(sql, schema, "target", lines),
    fetch: (table, upTo) => rowsWhere(sql, schema, table, { where: { id: lte(upTo) } }),
    nested: upTo =>
      rowsWhere(sql, schema, "artist", {
        where: { id: lte(upTo) },
        orderBy: "id",
        include: { album: { orderBy: "id", include: { track: { orderBy: "id" } } } },
      }),
    importCsv: async text => {
      const { importRows } = await import("rowfn/files");
      return await importRows(sql, schema, "target", text, { format: "csv" });
    },
    exportCsv: async upTo => {
      const { exportRows } = await import("rowfn/files");
      const options = { format: "csv", where: { id: lte(upTo) } } as const;
      return await new Response(exportRows(sql, schema, "line", options)).text();
    },
    serverReads: async count => {
      const pages: (() => Promise<unknown>)[] = [];
      let after: string | null | undefined;
      for (let number = 0; number < count; number++) {
        const options = after == null ? { limit: 50 } : { limit: 50, after };
        const read = () => page(sql, schema, "entry", options);
        pages.push(async () => (await read()).rows);
        after = (await read()).next;
      }
      const include = { album: { orderBy: "id", include: { track: { orderBy: "id" } } } } as const;
      return { pages, artist: id => get(sql, schema, "artist", id, { include }) };
    },
    close: () => pool.close({ timeout: 5 }),
  };
}
