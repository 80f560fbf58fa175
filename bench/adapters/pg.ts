import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from, to } from "pg-copy-streams";
import { type Adapter, type Line, POOL } from "../adapter.ts";
import { NESTED_JSON, ON_CONFLICT, TEXT } from "./statements.ts";

const INSERT = "insert into target values ($1, $2, $3, $4, $5, $6, $7)";
// The whole batch as one parameter is the fastest method of pg without an additional package.
const BATCH = "insert into target select * from json_populate_recordset(null::target, $1)";

const values = ({ id, amount, name, price, tags, doc, at }: Line): unknown[] => [
  id,
  amount,
  name,
  price,
  tags,
  doc,
  at,
];

export async function open(url: string): Promise<Adapter> {
  const pool = new pg.Pool({ connectionString: url, max: POOL });
  // With a name, pg prepares the statement.
  const rows = async (name: string, text: string, params: unknown[]): Promise<Record<string, unknown>[]> =>
    (await pool.query({ name, text, values: params })).rows;
  const withClient = async <Result>(run: (client: pg.PoolClient) => Promise<Result>): Promise<Result> => {
    const client = await pool.connect();
    try {
      return await run(client);
    } finally {
      client.release();
    }
  };
  return {
    get: async id => (await rows("get", TEXT.get, [id]))[0],
    filtered: amount => rows("filtered", TEXT.filtered, [amount]),
    count: async amount => Number((await rows("count", TEXT.count, [amount]))[0]!["count"]),
    insertOne: async line => (await rows("insert", `${INSERT} returning *`, values(line)))[0],
    updateOne: async (id, name) => (await rows("update", TEXT.update, [name, id]))[0],
    upsertOne: async line => (await rows("upsert", `${INSERT} ${ON_CONFLICT} returning *`, values(line)))[0],
    deleteOne: async id => (await rows("delete", TEXT.delete, [id]))[0],
    insertMany: lines => rows("insert many", BATCH, [JSON.stringify(lines)]),
    upsertMany: lines => rows("upsert many", `${BATCH} ${ON_CONFLICT}`, [JSON.stringify(lines)]),
    fetch: (table, upTo) => rows(`fetch ${table}`, TEXT.fetch[table], [upTo]),
    nested: upTo => rows("nested", NESTED_JSON, [upTo]),
    importCsv: text =>
      withClient(async client => {
        await pipeline(
          Readable.from([text]),
          client.query(from("copy target from stdin (format csv, header)")),
        );
      }),
    exportCsv: upTo =>
      withClient(async client => {
        const query = `copy (select * from line where id <= ${upTo}) to stdout (format csv, header)`;
        return Buffer.concat(await client.query(to(query)).toArray()).toString();
      }),
    close: () => pool.end(),
  };
}
