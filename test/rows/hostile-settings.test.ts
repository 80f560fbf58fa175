// All ways into and out of the database, in sessions whose role or database has settings that change values. The values
// are compared in text format in a session with exact settings.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { exportRows, type FileFormat, importRows } from "../../src/files/index.ts";
import {
  count,
  expr,
  get,
  getMany,
  insert,
  insertMany,
  page,
  pksAndRowsWhere,
  rowsWhere,
  streamRows,
  update,
  updateMany,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { EXACT_TYPES } from "../support/exact-values.ts";
import { HOSTILE_SETTINGS, type HostileDatabase, hostileDatabase } from "../support/hostile-settings.ts";

type Row = Record<string, unknown>;

const KEYS = EXACT_TYPES.filter(({ type }) => !/^(json|xml|point|circle)$/.test(type));
const KEY_TABLES = KEYS.map(
  ({ name, type }) => `create table keyed_${name} (k ${type} primary key, x int);
    insert into keyed_${name} select distinct on ("${name}") "${name}", id from source where id <= 60;`,
);

describe.each(HOSTILE_SETTINGS)("%j", settings => {
  let hostile: HostileDatabase;
  let oracle: HostileDatabase["oracle"];
  let rows: Row[];

  beforeAll(async () => {
    hostile = await hostileDatabase(settings);
    ({ oracle } = hostile);
    rows = (await rowsWhere(hostile.sql, hostile.schema, "source", { orderBy: "id" })) as Row[];
  });
  beforeEach(async () => void (await oracle`truncate copy`));
  afterAll(() => hostile.drop());

  /** The number of rows of the copy, and per column the number of those that differ from the source in text format. */
  const alteredCounts = async (): Promise<readonly unknown[]> => {
    const names = EXACT_TYPES.map(
      ({ name }) => `count(*) filter (where s."${name}"::text is distinct from c."${name}"::text)::int`,
    );
    const [counts] = await oracle
      .unsafe(`select ${names.join(", ")}, count(*)::int from source s join copy c using (id)`)
      .values();
    const total = counts.at(-1);
    return [total, ...EXACT_TYPES.flatMap(({ name }, at) => (counts[at] === 0 ? [] : [name]))];
  };

  test("values that are read equal the text format", async () => {
    for (const [index, row] of rows.entries())
      if (index % 100 === 0) await insert(oracle, hostile.schema, "copy", row);
    expect(await alteredCounts()).toEqual([22]);
  });

  test("insert and the row that it returns are exact", async () => {
    for (const row of rows.slice(0, 60))
      expect(await insert(hostile.sql, hostile.schema, "copy", row)).toEqual(row);
    expect(await alteredCounts()).toEqual([60]);
  });

  test.each([40, 600])("insertMany of %i rows", async length => {
    expect(await insertMany(hostile.sql, hostile.schema, "copy", rows.slice(0, length))).toBe(length);
    expect(await alteredCounts()).toEqual([length]);
  });

  test("upsert and upsertMany, also through staging, over different values", async () => {
    const { sql, schema } = hostile;
    const shifted = rows.map((row, index) => ({ ...rows[(index + 1) % rows.length]!, id: row["id"] }));
    await insertMany(sql, schema, "copy", shifted);
    for (const row of rows.slice(0, 20)) expect(await upsert(sql, schema, "copy", row)).toEqual(row);
    expect(await upsertMany(sql, schema, "copy", rows.slice(20, 60), { returning: true })).toEqual(
      rows.slice(20, 60),
    );
    expect(await upsertMany(sql, schema, "copy", rows)).toBe(rows.length);
    expect(await alteredCounts()).toEqual([rows.length]);
  });

  test("update and updateMany", async () => {
    const { sql, schema } = hostile;
    await oracle`insert into copy (id) select id from source where id <= 200`;
    for (const row of rows.slice(0, 20)) expect(await update(sql, schema, "copy", row)).toEqual(row);
    const { updated } = await updateMany(sql, schema, "copy", rows.slice(20, 200), { returning: true });
    expect(updated).toEqual(rows.slice(20, 200));
    expect(await alteredCounts()).toEqual([200]);
  });

  test("get, getMany, page and streamRows read the rows of rowsWhere", async () => {
    const { sql, schema } = hostile;
    expect(await get(sql, schema, "source", 7)).toEqual(rows[6]);
    expect(await getMany(sql, schema, "source", [1, 2200])).toEqual([rows[0], rows.at(-1)]);
    expect((await page(sql, schema, "source", { limit: 10 })).rows).toEqual(rows.slice(0, 10));
    const streamed: unknown[] = [];
    for await (const row of streamRows(sql, schema, "source", { orderBy: "id" })) streamed.push(row);
    expect(streamed).toEqual(rows);
  });

  test.each(["csv", "tsv", "json", "ndjson"] as const)(
    "a %s file that is exported and imported",
    async format => {
      const { sql, schema } = hostile;
      const where = expr`id % 4 = 0`;
      const file = exportRows(sql, schema, "source", { format: format as FileFormat, where, orderBy: "id" });
      expect(await importRows(sql, schema, "copy", file, { format })).toBe(550);
      // Inside a JSON file a document keeps its values, but not trailing zeros and whitespace.
      const documents = format === "csv" || format === "tsv" ? [] : ["doc", "raw"];
      expect(await alteredCounts()).toEqual([550, ...documents]);
      const [equal] = await oracle`select count(*)::int from source s join copy c using (id)
        where s.doc = c.doc and s.raw::jsonb = c.raw::jsonb`.values();
      expect(equal).toEqual([550]);
    },
  );

  describe.each(EXACT_TYPES)("$type $name", ({ name, type }) => {
    test("a filter with a value of the row finds the row", async () => {
      if (/^(json|xml)$/.test(type)) return;
      const { sql, schema } = hostile;
      for (const row of rows.slice(0, 40))
        expect(await count(sql, schema, "source", { where: { id: row["id"], [name]: row[name] } })).toBe(1);
    });

    test("pages by the column contain each row once", async () => {
      if (/^(json|xml|point|circle)$/.test(type)) return;
      const { sql, schema } = hostile;
      const ids: unknown[] = [];
      for (let after: string | null = null; ; ) {
        const found: { readonly rows: Row[]; readonly next: string | null } = await page(
          sql,
          schema,
          "source",
          {
            ...{ select: ["id"], orderBy: name, limit: 300, after },
          } as never,
        );
        ids.push(...found.rows.map(row => row["id"]));
        after = found.next;
        if (after === null || ids.length > rows.length) break;
      }
      expect(ids).toHaveLength(rows.length);
      expect(new Set(ids).size).toBe(rows.length);
    });
  });

  describe("as a key", () => {
    let own: HostileDatabase["schema"];

    beforeAll(async () => {
      await oracle.unsafe(KEY_TABLES.join("\n"));
      own = await hostile.reload();
    });

    test.each(KEYS)("$type $name finds, changes and preserves its row", async ({ name }) => {
      const { sql } = hostile;
      const table = `keyed_${name}`;
      const pairs = await pksAndRowsWhere(sql, own, table);
      for (const [key, row] of pairs) expect(await get(sql, own, table, key)).toEqual(row);
      const given = pairs.map(([, row]) => row);
      expect(await upsertMany(sql, own, table, given)).toBe(pairs.length);
      const same = `select count(*)::int from ${table} join source on id = x where k::text = "${name}"::text`;
      expect(await oracle.unsafe(same).values()).toEqual([[pairs.length]] as never);
      expect(pairs.length).toBeGreaterThan(10);
    });
  });
});
