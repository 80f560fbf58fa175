import { afterAll, expect, test } from "bun:test";
import { count, type Where } from "../../src/index.ts";
import { countSql } from "../../src/statements/index.ts";
import { musicStore } from "./music-store.ts";

/** A filter, the SQL of its condition with parameters, and the same condition hand-written. */
export type FilterCase = readonly [
  name: string,
  table: string,
  where: Where,
  text: string,
  params: readonly (string | null)[],
  condition: string,
];

/**
 * Tests that each filter has the expected SQL and matches as many rows of the music store as the hand-written
 * condition.
 */
export async function testFilters(cases: readonly FilterCase[]): Promise<void> {
  const { database, sql, schema } = await musicStore();
  afterAll(() => database.drop());
  for (const [name, table, where, text, params, condition] of cases)
    test(`${name}: exact SQL, and as many rows as the hand-written condition`, async () => {
      expect(countSql(schema, table, { where })).toEqual({
        text: `SELECT count(*) AS "count" FROM "public"."${table}"${text === "" ? "" : ` WHERE ${text}`}`,
        params: [...params],
      });
      const [expected] = await sql.unsafe(`select count(*)::int from ${table} where ${condition}`).values();
      expect(await count(sql, schema, table, { where })).toBe(expected[0]);
    });
}
