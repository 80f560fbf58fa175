import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import {
  count,
  exists,
  get,
  getMany,
  loadSchema,
  pkCols,
  pksAndRowsWhere,
  rowsWhere,
  type SchemaSnapshot,
  selectOne,
  tableNames,
  viewNames,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { asPlain, comparable, plainRows } from "./plain-rows.ts";

const chinook = process.env["ROWFN_CHINOOK_SQL"];

const DATABASES = [
  { name: "the music store", template: async () => MUSIC_STORE_SQL, isThere: true },
  {
    name: "Chinook",
    // The file makes its own database and speaks to psql; its tables are what is wanted.
    template: async () =>
      (await Bun.file(chinook ?? "").text()).replaceAll(/^(?:DROP|CREATE) DATABASE.*|^\\c.*/gm, ""),
    isThere: Boolean(chinook),
  },
];

for (const { name, template, isThere } of DATABASES) {
  describe.skipIf(!isThere)(name, () => {
    let database: TestDatabase;
    let schema: SchemaSnapshot;

    beforeAll(async () => {
      database = await testDatabase({ template: await template() });
      schema = await loadSchema(database.sql);
    });
    afterAll(() => database?.drop());

    test("rowsWhere reads every row of every table and view as PostgreSQL prints it", async () => {
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

    test("pksAndRowsWhere gives each row's key, which get and getMany find again", async () => {
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
      }
    });

    test("orderBy and limit give the rows of plain SQL in its order", async () => {
      for (const table of tableNames(schema)) {
        const key = pkCols(schema, table);
        // A bare name would be the text in the select list.
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
