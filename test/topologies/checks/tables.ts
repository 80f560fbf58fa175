// DDL and migrations, with the check's own tables.
import {
  addColumn,
  createFromRows,
  createIndex,
  createTable,
  createView,
  dropColumn,
  dropTable,
  expr,
  get,
  insert,
  migrate,
  migrateDown,
  migrationStatus,
  refreshView,
  rowsWhere,
  transformTable,
} from "../../support/every-entry.ts";
import { type Check, type Place, writing } from "../topology.ts";

const COLUMNS = { id: "int", note: "text" };
const KEY = { primaryKey: "id", identity: null } as const;

/** The result of a plain SQL query that returns a single value. */
async function value({ direct }: Place, text: string): Promise<unknown> {
  return (await direct.unsafe(text).values())[0]?.[0];
}

const columnsOf = ({ name }: Place): string =>
  `select string_agg(attname::text || ' ' || atttypid::regtype, ', ' order by attnum) from pg_attribute
    where attrelid = to_regclass('"${name}"') and attnum > 0 and not attisdropped`;

const migrations = ({ name }: Place) => [
  { name: "001_one", up: `create table "${name}" (id int)`, down: `drop table "${name}"` },
  { name: "002_two", up: `insert into "${name}" values (1)`, down: `delete from "${name}"` },
];

/** The options of migrations whose log is in the check's own PostgreSQL schema. */
async function ownLog({ direct, name }: Place): Promise<{ schema: string }> {
  await direct.unsafe(`create schema if not exists "${name}"`);
  return { schema: name };
}

export const TABLES: readonly Check[] = writing([
  {
    name: "createTable, insert, dropTable",
    run: async place => {
      const { sql, schema, name } = place;
      const created = await createTable(sql, schema, name, COLUMNS, KEY);
      await insert(sql, created, name, { id: 1, note: "a" });
      const row = await get(sql, created, name, 1);
      await dropTable(sql, created, name);
      return [row, await value(place, columnsOf(place))];
    },
    expect: [{ id: 1, note: "a" }, null],
  },
  {
    name: "addColumn and dropColumn",
    run: async place => {
      const { sql, schema, name } = place;
      const created = await createTable(sql, schema, name, COLUMNS, KEY);
      const wider = await addColumn(sql, created, name, "size", "bigint");
      await insert(sql, wider, name, { id: 1, size: 5n });
      const rows = await rowsWhere(sql, wider, name);
      await dropColumn(sql, wider, name, "note");
      return [rows, await value(place, columnsOf(place))];
    },
    expect: [[{ id: 1, note: null, size: "5" }], "id integer, size bigint"],
  },
  {
    name: "transformTable",
    run: async place => {
      const { sql, schema, name } = place;
      const created = await createTable(sql, schema, name, COLUMNS, KEY);
      await insert(sql, created, name, { id: 1, note: "17" });
      const changed = await transformTable(sql, created, name, {
        rename: { note: "amount" },
        retype: { note: "int" },
      });
      return [await rowsWhere(sql, changed, name), await value(place, columnsOf(place))];
    },
    expect: [[{ id: 1, amount: 17 }], "id integer, amount integer"],
  },
  {
    name: "createIndex, concurrently",
    run: async place => {
      const { sql, schema, name } = place;
      const created = await createTable(sql, schema, name, COLUMNS, KEY);
      await createIndex(sql, created, name, ["note"], { name: `${name}_note`, concurrently: true });
      return await value(
        place,
        `select indisvalid from pg_index where indexrelid = '"${name}_note"'::regclass`,
      );
    },
    expect: true,
  },
  {
    name: "createView, materialized, and refreshView",
    run: async place => {
      const { sql, schema, name } = place;
      const view = `${name}_view`;
      const created = await createTable(sql, schema, name, COLUMNS, KEY);
      const wider = await createView(sql, created, view, expr(`select count(*) as rows from "${name}"`), {
        materialized: true,
      });
      await insert(sql, created, name, { id: 1 });
      await refreshView(sql, wider, view);
      return await rowsWhere(sql, wider, view);
    },
    expect: [{ rows: "1" }],
  },
  {
    name: "createFromRows",
    run: async ({ sql, schema, name }) => {
      const created = await createFromRows(sql, schema, name, [{ a: 1, b: "x" }]);
      return await rowsWhere(sql, created, name);
    },
    expect: [{ id: "1", a: "1", b: "x" }],
  },
  {
    name: "migrate runs each migration once, also when three processes start together",
    run: async place => {
      const options = await ownLog(place);
      const run = () => migrate(place.sql, migrations(place), { ...options, wait: 30_000 });
      const results = await Promise.all([run(), run(), run()]);
      const applied = results.flatMap(result => result.applied).toSorted();
      return [applied, await value(place, `select count(*)::int from "${place.name}"`)];
    },
    expect: [["001_one", "002_two"], 1],
  },
  {
    name: "migrate again finds its lock released",
    run: async place => {
      const options = await ownLog(place);
      const first = await migrate(place.sql, migrations(place), { ...options, wait: 10_000 });
      const again: number[] = [];
      for (let round = 0; round < 5; round++)
        again.push((await migrate(place.sql, migrations(place), { ...options, wait: 1 })).applied.length);
      const locks =
        "select count(*)::int from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
      return [first.applied.length, again, await value(place, locks)];
    },
    expect: [2, [0, 0, 0, 0, 0], 0],
  },
  {
    name: "migrateDown and migrationStatus",
    run: async place => {
      const { sql } = place;
      const options = await ownLog(place);
      await migrate(sql, migrations(place), options);
      const reverted = await migrateDown(sql, migrations(place), options);
      const states = await migrationStatus(sql, migrations(place), options);
      return [reverted, states.map(({ appliedAt }) => appliedAt !== null)];
    },
    expect: [["002_two"], [true, false]],
  },
]);
