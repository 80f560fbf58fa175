import { SQL } from "bun";
import { type Adapter, type Line, POOL, pageKeys } from "./adapter.ts";

type Row = Record<string, unknown>;

const COLUMNS = `"id", "amount", "name", "price", "tags", "doc"::text, "at"`;
const INSERT = `INSERT INTO "public"."target" ("id", "amount", "name", "price", "tags", "doc", "at") VALUES ($1::text::int8, $2::text::int4, $3::text, $4::text::numeric, $5::text::text[], $6::text::jsonb, $7::text::timestamptz)`;
const CONFLICT = `ON CONFLICT ("id") DO UPDATE SET "amount" = EXCLUDED."amount", "name" = EXCLUDED."name", "price" = EXCLUDED."price", "tags" = EXCLUDED."tags", "doc" = EXCLUDED."doc", "at" = EXCLUDED."at"`;

const texts = ({ id, amount, name, price, tags, doc, at }: Line): string[] => [
  String(id),
  String(amount),
  name,
  price,
  `{${tags.map(tag => `"${tag.replace(/["\\]/g, "\\$&")}"`).join(",")}}`,
  JSON.stringify(doc),
  at.toISOString(),
];

function parseDoc(row: Row): Row {
  row["doc"] = JSON.parse(row["doc"] as string);
  return row;
}

/** The calls on a table that the statements of rowfn answer. */
export interface ExactCalls
  extends Pick<
    Adapter,
    "get" | "filtered" | "count" | "insertOne" | "updateOne" | "upsertOne" | "deleteOne"
  > {
  fetch(upTo: number): Promise<unknown>;
  /** A page of 50 rows of `entry` after a key. */
  page(after: number): Promise<unknown>;
}

/** The name of the statements of rowfn, sent by hand, among the libraries. */
export const LIMIT = "limit";

/** The limit on a pool of its own. */
export function openLimit(url: string): ExactCalls {
  return exactByHand(new SQL(url, { max: POOL }));
}

/** The pages that the servers read. */
export function limitPages({ page }: ExactCalls, pages: number): readonly (() => Promise<unknown>)[] {
  return pageKeys(pages).map(after => () => page(after));
}

/**
 * The statements of rowfn, sent by hand-written code: parameters as text with their type names, and JSON as text. This
 * is the cost of exactness in PostgreSQL and in the driver, and the limit that rowfn can reach: the code validates
 * nothing, handles no errors, and has no options.
 */
export function exactByHand(sql: SQL): ExactCalls {
  const rows = async (text: string, params: string[]): Promise<Row[]> => {
    const found = (await sql.unsafe(text, params)) as Row[];
    for (const row of found) parseDoc(row);
    return found;
  };
  const row = async (text: string, params: string[]): Promise<Row> =>
    parseDoc((await sql.unsafe(text, params))[0]);
  return {
    get: id => row(`SELECT ${COLUMNS} FROM "public"."line" WHERE "id" = $1::text::int8`, [String(id)]),
    filtered: amount =>
      rows(
        `SELECT ${COLUMNS} FROM (SELECT * FROM "public"."line" WHERE "amount" = $1::text::int4 ORDER BY "line"."id" LIMIT 50) AS "line"`,
        [String(amount)],
      ),
    count: async amount => {
      const text = `SELECT count(*) AS "count" FROM "public"."line" WHERE "amount" = $1::text::int4`;
      return Number((await sql.unsafe(text, [String(amount)]))[0].count);
    },
    insertOne: line => row(`${INSERT} RETURNING ${COLUMNS}`, texts(line)),
    updateOne: (id, name) =>
      row(`UPDATE "public"."target" SET "name" = $1::text WHERE "id" = $2::text::int8 RETURNING ${COLUMNS}`, [
        name,
        String(id),
      ]),
    upsertOne: line => row(`${INSERT} ${CONFLICT} RETURNING ${COLUMNS}`, texts(line)),
    deleteOne: id =>
      row(`DELETE FROM "public"."target" WHERE "id" = $1::text::int8 RETURNING ${COLUMNS}`, [String(id)]),
    fetch: upTo =>
      rows(`SELECT ${COLUMNS} FROM "public"."line" WHERE "id" <= $1::text::int8`, [String(upTo)]),
    page: async after => {
      const text = `SELECT "id", "amount", "name", "note", "price", "at" FROM "public"."entry" WHERE "id" > $1::text::int4 ORDER BY "entry"."id" LIMIT 51`;
      const found = (await sql.unsafe(text, [String(after)])) as Row[];
      found.pop();
      return found;
    },
  };
}
