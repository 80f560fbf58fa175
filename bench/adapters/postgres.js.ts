import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import postgres from "postgres";
import { type Adapter, batches, type Line, POOL } from "../adapter.ts";
import { COLUMNS, NESTED_JSON } from "./statements.ts";

export async function open(url: string): Promise<Adapter> {
  const sql = postgres(url, { max: POOL });
  const conflict = sql.unsafe(
    `on conflict (id) do update set ${COLUMNS.slice(1)
      .map(name => `${name} = excluded.${name}`)
      .join(", ")}`,
  );
  const rows = (lines: readonly Line[]) => sql(lines as never, ...(COLUMNS as unknown as never[]));
  return {
    get: async id => (await sql`select * from line where id = ${id}`)[0],
    filtered: async amount => await sql`select * from line where amount = ${amount} order by id limit 50`,
    count: async amount =>
      Number((await sql`select count(*) as count from line where amount = ${amount}`)[0]!["count"]),
    insertOne: async line => (await sql`insert into target ${rows([line])} returning *`)[0],
    updateOne: async (id, name) =>
      (await sql`update target set name = ${name} where id = ${id} returning *`)[0],
    upsertOne: async line => (await sql`insert into target ${rows([line])} ${conflict} returning *`)[0],
    deleteOne: async id => (await sql`delete from target where id = ${id} returning *`)[0],
    insertMany: lines =>
      sql.begin(async tx => {
        for (const part of batches(lines)) await tx`insert into target ${rows(part)}`;
      }),
    upsertMany: lines =>
      sql.begin(async tx => {
        for (const part of batches(lines)) await tx`insert into target ${rows(part)} ${conflict}`;
      }),
    fetch: async (table, upTo) => await sql`select * from ${sql(table)} where id <= ${upTo}`,
    nested: async upTo => await sql.unsafe(NESTED_JSON, [upTo], { prepare: true }),
    importCsv: async text => {
      const stream = await sql`copy target from stdin (format csv, header)`.writable();
      await pipeline(Readable.from([text]), stream);
    },
    // No exportCsv, because on Bun a connection no longer answers after COPY TO.
    close: () => sql.end({ timeout: 5 }),
  };
}
