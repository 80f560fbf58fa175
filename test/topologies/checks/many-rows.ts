// Writes of many rows, read back with plain SQL from the server that stores the rows.
import {
  deleteMany,
  deleteWhere,
  gt,
  importRows,
  insertMany,
  loadSchema,
  oneOf,
  truncate,
  updateMany,
  updateWhere,
  upsertMany,
} from "../../support/every-entry.ts";
import { itemRows, stored } from "../item-rows.ts";
import { type Check, NO_INDEX, writing } from "../topology.ts";

export const MANY_ROWS: readonly Check[] = writing([
  {
    name: "updateWhere",
    run: async place => {
      const { sql, schema, first } = place;
      await insertMany(sql, schema, "item", itemRows(place, 4));
      const where = { id: oneOf([first, first + 1, first + 2]) };
      return [await updateWhere(sql, schema, "item", { name: "zz" }, { where }), await stored(place)];
    },
    expect: [3, [4, 6, "zz"]],
  },
  {
    name: "updateMany of 40 rows",
    run: async place => {
      const { sql, schema } = place;
      await insertMany(sql, schema, "item", itemRows(place, 40));
      const rows = itemRows(place, 40, "y").map(({ id, name }) => ({ id, name }));
      const { updated } = await updateMany(sql, schema, "item", rows);
      return [updated, await stored(place)];
    },
    expect: [40, [40, 780, "y 9"]],
  },
  {
    name: "upsertMany of 50 rows, half of them new",
    run: async place => {
      const { sql, schema } = place;
      await insertMany(sql, schema, "item", itemRows(place, 25));
      const changed = await upsertMany(sql, schema, "item", itemRows(place, 50, "w"));
      return [changed, await stored(place)];
    },
    expect: [50, [50, 1225, "w 9"]],
    fails: { "foreign partitions": NO_INDEX },
  },
  {
    name: "upsertMany of 2,500 rows by COPY and a temporary table, twice",
    run: async ({ sql, schema, direct, first }) => {
      const rows = (note: string) =>
        Array.from({ length: 2_500 }, (_, index) => ({ id: first * 10 + index, note }));
      const counts = [
        await upsertMany(sql, schema, "scratch", rows("a")),
        await upsertMany(sql, schema, "scratch", rows("b")),
      ];
      const text = `select count(*)::int, min(note) from scratch where id >= ${first * 10} and id < ${first * 10 + 2_500}`;
      return [counts, (await direct.unsafe(text).values())[0]];
    },
    expect: [
      [2_500, 2_500],
      [2_500, "b"],
    ],
  },
  {
    name: "insertMany of 50 rows",
    run: async place => [
      await insertMany(place.sql, place.schema, "item", itemRows(place, 50)),
      await stored(place),
    ],
    expect: [50, [50, 1225, "new 9"]],
  },
  {
    name: "insertMany of 1,000 rows by COPY",
    run: async place => [
      await insertMany(place.sql, place.schema, "item", itemRows(place, 1_000)),
      await stored(place),
    ],
    expect: [1_000, [1_000, 499_500, "new 999"]],
  },
  {
    name: "importRows of a CSV file",
    run: async place => {
      const rows = itemRows(place, 30).map(({ id, name }) => `${id},1,south,${name}\n`);
      const csv = `id,owner_id,region,name\n${rows.join("")}`;
      return [await importRows(place.sql, place.schema, "item", csv, { format: "csv" }), await stored(place)];
    },
    expect: [30, [30, 435, "new 9"]],
  },
  {
    name: "deleteWhere",
    run: async place => {
      const { sql, schema, first } = place;
      await insertMany(sql, schema, "item", itemRows(place, 4));
      return [await deleteWhere(sql, schema, "item", { where: { id: gt(first) } }), await stored(place)];
    },
    expect: [3, [1, 0, "new 0"]],
  },
  {
    name: "deleteMany",
    run: async place => {
      const { sql, schema, first } = place;
      await insertMany(sql, schema, "item", itemRows(place, 6));
      return [await deleteMany(sql, schema, "item", [first, first + 1, first + 2]), await stored(place)];
    },
    expect: [3, [3, 12, "new 5"]],
  },
  {
    name: "truncate",
    run: async ({ sql, name, direct }) => {
      await direct.unsafe(`create table "${name}" (id int); insert into "${name}" values (1), (2)`);
      await truncate(sql, await loadSchema(direct), name);
      return (await direct.unsafe(`select count(*)::int from "${name}"`).values())[0];
    },
    expect: [0],
  },
]);
