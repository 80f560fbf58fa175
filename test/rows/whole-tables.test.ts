import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { analyzeColumn } from "../../src/files/index.ts";
import {
  count,
  exists,
  expr,
  foreignKeys,
  get,
  getMany,
  getOrThrow,
  groupBy,
  item,
  loadSchema,
  page,
  pkCols,
  pksAndRowsWhere,
  q,
  qOne,
  rowsAndCount,
  rowsWhere,
  type SchemaSnapshot,
  selectOne,
  streamRows,
  table,
  tableNames,
  viewNames,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { asPlain, comparable, plainRows } from "../support/plain-rows.ts";

const chinook = process.env["ROWFN_CHINOOK_SQL"];

const DATABASES = [
  { name: "the music store", template: async () => MUSIC_STORE_SQL, isThere: true },
  {
    name: "Chinook",
    // The file creates its own database and contains psql commands; only its tables are needed.
    template: async () =>
      (await Bun.file(chinook ?? "").text()).replaceAll(/^(?:DROP|CREATE) DATABASE.*|^\\c.*/gm, ""),
    isThere: Boolean(chinook),
  },
];

for (const { name, template } of DATABASES.filter(one => one.isThere)) {
  describe(name, () => {
    let database: TestDatabase;
    let schema: SchemaSnapshot;

    beforeAll(async () => {
      database = await testDatabase({ template: await template() });
      schema = await loadSchema(database.sql);
    });
    afterAll(() => database?.drop());

    test("rowsWhere reads every row of every table and view with the values that PostgreSQL prints", async () => {
      const names = [...tableNames(schema), ...viewNames(schema)];
      expect(names.length).toBeGreaterThan(10);
      for (const table of names) {
        const rows = await rowsWhere(database.sql, schema, table);
        const plain = await plainRows(database.sql, table);
        expect([table, comparable(rows.map(asPlain))]).toEqual([table, comparable(plain)]);
      }
    });

    test("count and exists agree with plain SQL on every table", async () => {
      for (const table of tableNames(schema)) {
        const { length } = await plainRows(database.sql, table);
        expect([table, await count(database.sql, schema, table)]).toEqual([table, length]);
        expect([table, await exists(database.sql, schema, table)]).toEqual([table, length > 0]);
      }
    });

    test("pksAndRowsWhere returns keys that get and getMany find", async () => {
      for (const table of tableNames(schema)) {
        const pairs = await pksAndRowsWhere(database.sql, schema, table, {
          orderBy: pkCols(schema, table),
          limit: 50,
        });
        const keys = pairs.map(([key]) => key);
        const rows = pairs.map(([, row]) => row);
        expect(await getMany(database.sql, schema, table, keys)).toEqual(rows);
        expect(await get(database.sql, schema, table, keys[0])).toEqual(rows[0]);
        const where = Object.fromEntries(pkCols(schema, table).map(column => [column, rows[0]![column]]));
        expect(await selectOne(database.sql, schema, table, { where })).toEqual(rows[0]!);
        expect(await getOrThrow(database.sql, schema, table, keys[0])).toEqual(rows[0]!);
      }
    });

    test("streamRows, rowsAndCount, q and all pages return the rows of plain SQL", async () => {
      const { sql } = database;
      for (const name of tableNames(schema)) {
        const plain = comparable(await plainRows(sql, name));
        const same = (rows: readonly Record<string, unknown>[]): void =>
          expect([name, comparable(rows.map(asPlain))]).toEqual([name, plain]);
        same(await Array.fromAsync(streamRows(sql, schema, name, { batch: 700 })));
        same(await q(sql, schema, expr`select * from ${table(name)}`));
        const counted = await rowsAndCount(sql, schema, name);
        same(counted.rows);
        expect(counted.count).toBe(plain.length);
        same(await pagesOf(sql, schema, name));
      }
    });

    test("groupBy and analyzeColumn agree with plain SQL on every foreign key", async () => {
      const { sql } = database;
      for (const name of tableNames(schema))
        for (const { columns } of foreignKeys(schema, name)) {
          const [column] = columns as [string];
          const plain = await sql.unsafe(
            `select "${column}" as value, count(*)::int as n from "${name}" group by 1 order by 2 desc, 1 nulls last`,
          );
          const groups = await groupBy(sql, schema, name, column, { aggregates: { n: "count" } });
          expect(comparable(groups.map(group => asPlain([group[column], group.n])))).toEqual(
            comparable(plain.map(({ value, n }: { value: unknown; n: number }) => asPlain([value, n]))),
          );
          const { rows, nulls, distinct } = await analyzeColumn(sql, schema, name, column);
          const nullRows = plain.find(({ value }: { value: unknown }) => value === null)?.n ?? 0;
          expect([name, column, rows, nulls, distinct]).toEqual([
            ...[name, column],
            plain.reduce((sum: number, { n }: { n: number }) => sum + n, 0),
            nullRows,
            plain.length - (nullRows > 0 ? 1 : 0),
          ]);
          expect(await item(sql, schema, expr`select count(*)::int from ${table(name)}`)).toBe(rows);
          const one = await qOne<{ n: number }>(
            sql,
            schema,
            expr`select count(*)::int as n from ${table(name)}`,
          );
          expect(one.n).toBe(rows);
        }
    });

    test("orderBy and limit return the rows of plain SQL in the same order", async () => {
      for (const table of tableNames(schema)) {
        const key = pkCols(schema, table);
        // A bare name would refer to the converted text in the select list.
        const list = key.map(column => `"${table}"."${column}"`).join(", ");
        const rows = await rowsWhere(database.sql, schema, table, { orderBy: key, limit: 5, offset: 2 });
        const plain = await plainRows(database.sql, table, `order by ${list} limit 5 offset 2`);
        expect([table, rows.map(asPlain).map(row => comparable([row]))]).toEqual([
          table,
          plain.map(row => comparable([row])),
        ]);
      }
    });
  });
}

async function pagesOf(
  sql: TestDatabase["sql"],
  schema: SchemaSnapshot,
  name: string,
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let after: string | null | undefined;
  do {
    const { rows: more, next } = await page(sql, schema, name, { limit: 400, ...(after && { after }) });
    rows.push(...more);
    after = next;
  } while (after);
  return rows;
}
