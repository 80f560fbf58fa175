import { afterAll, expect, test } from "bun:test";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { generateModule, snapshotJson } from "../../src/files/index.ts";
import { fingerprint, loadSchema, parseSchema, rowsWhere, scope } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { compile } from "../support/compile.ts";
import { ODD_CASES, ODD_CASES_18 } from "../support/odd-cases.ts";
import { isServer } from "../support/server-version.ts";

const databases: TestDatabase[] = [];
afterAll(() => Promise.all(databases.map(({ drop }) => drop())));

async function database(template: string): Promise<TestDatabase> {
  const made = await testDatabase({ template });
  databases.push(made);
  return made;
}

const CLEAN = { tsc: [], bunCheck: [] };

/**
 * The modules of all tests, each in its own directory. The last test compiles them together, because the compiler is
 * slow.
 */
const modules: Record<string, string> = {};
function addModules(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) modules[`${directory}/${name}`] = text;
}

const SHOP = `
create type size as enum ('s', 'a "b"');
create table shelf (
  row int, place char(1), wide int8 not null default 7, "two words" text,
  primary key (row, place)
);
comment on table shelf is 'Where things lie. */ alert(1)';
comment on column shelf.wide is E'In metres,\\n  at most';
create table item (
  id int generated always as identity primary key,
  row int, place char(1),
  size size, sizes size[], grid int[][], doc jsonb not null,
  twice int generated always as (row * 2) stored,
  foreign key (row, place) references shelf
);
create view item_view as select id, size from item;
create view sizes as select distinct size from item;
comment on view sizes is 'Those in stock';`;

test("a module has interfaces for the rows, inserts, updates and filters of each table, and a map of them", async () => {
  const { sql } = await database(SHOP);
  const text = generateModule(await loadSchema(sql), {
    types: { "item.doc": { type: "ItemDoc", from: "./documents.ts" }, "shelf.two words": '"a" | "b"' },
  });
  expect(text.slice(0, text.indexOf("parseSchema<Tables>("))).toBe(`\
// Generated from the database by \`rowfn generate\`; do not edit.
import { parseSchema, type NestedArray, type SchemaSnapshot } from "rowfn";
import type { ItemDoc } from "./documents.ts";

export interface ItemRow {
  id: number;
  row: number | null;
  place: string | null;
  size: "s" | "a \\"b\\"" | null;
  sizes: ("s" | "a \\"b\\"" | null)[] | null;
  grid: (number | null)[] | null;
  doc: ItemDoc;
  twice: number | null;
}

export interface ItemInsert {
  row?: number | null;
  place?: string | null;
  size?: "s" | "a \\"b\\"" | null;
  sizes?: NestedArray<"s" | "a \\"b\\""> | null;
  grid?: NestedArray<number> | null;
  doc: ItemDoc;
}

export interface ItemUpdate {
  row?: number | null;
  place?: string | null;
  size?: "s" | "a \\"b\\"" | null;
  sizes?: NestedArray<"s" | "a \\"b\\""> | null;
  grid?: NestedArray<number> | null;
  doc?: ItemDoc;
}

export interface ItemFilter {
  id: number;
  row: number | null;
  place: string | null;
  size: "s" | "a \\"b\\"" | null;
  sizes: NestedArray<"s" | "a \\"b\\""> | null;
  grid: NestedArray<number> | null;
  doc: ItemDoc;
  twice: number | null;
}

/**
 * A view.
 *
 * PostgreSQL does not report which columns are never null.
 */
export interface ItemViewRow {
  id: number | null;
  size: "s" | "a \\"b\\"" | null;
}

export interface ItemViewInsert {
  id?: number | null;
  size?: "s" | "a \\"b\\"" | null;
}

export interface ItemViewUpdate {
  id?: number | null;
  size?: "s" | "a \\"b\\"" | null;
}

/** Where things lie. *\\/ alert(1) */
export interface ShelfRow {
  row: number;
  place: string;
  /**
   * In metres,
   *   at most
   */
  wide: string;
  "two words": "a" | "b" | null;
}

export interface ShelfInsert {
  row: number;
  place: string;
  /**
   * In metres,
   *   at most
   *
   * By default 7
   */
  wide?: string | number | bigint;
  "two words"?: "a" | "b" | null;
}

export interface ShelfUpdate {
  row?: number;
  place?: string;
  /**
   * In metres,
   *   at most
   */
  wide?: string | number | bigint;
  "two words"?: "a" | "b" | null;
}

export interface ShelfFilter {
  row: number;
  place: string;
  wide: string | number | bigint;
  "two words": "a" | "b" | null;
}

/**
 * Those in stock
 *
 * A view.
 *
 * PostgreSQL does not report which columns are never null.
 */
export interface SizesRow {
  size: "s" | "a \\"b\\"" | null;
}

export interface Tables {
  item: {
    row: ItemRow;
    insert: ItemInsert;
    update: ItemUpdate;
    filter: ItemFilter;
    key: number | { id: number };
    keyRow: { id: number };
    relations: {
      shelf: { table: "shelf"; many: false; columns: "row" | "place" };
    };
  };
  item_view: {
    row: ItemViewRow;
    insert: ItemViewInsert;
    update: ItemViewUpdate;
    key: never;
    keyRow: never;
    relations: {};
  };
  shelf: {
    row: ShelfRow;
    insert: ShelfInsert;
    update: ShelfUpdate;
    filter: ShelfFilter;
    key: readonly [number, string] | { row: number; place: string };
    keyRow: { row: number; place: string };
    relations: {
      item: { table: "item"; many: true; columns: "row" | "place" };
    };
  };
  sizes: {
    row: SizesRow;
    insert: never;
    update: never;
    key: never;
    keyRow: never;
    relations: {};
  };
}

/** The snapshot from which this module was generated. */
export const schema: SchemaSnapshot<Tables> = `);
});

test("the snapshot of a module has no scope", async () => {
  const { sql } = await database(SHOP);
  const schema = await loadSchema(sql);
  const text = generateModule(scope(schema, { shelf: { row: 1 } }), { from: "rowfn" });
  const [, literal] = /parseSchema<Tables>\((.*)\);\n$/.exec(text)!;
  expect(parseSchema(JSON.parse(literal!))).toEqual(parseSchema(snapshotJson(schema)));
});

test("equal databases give identical modules", async () => {
  const [first, second] = await Promise.all([database(ODD_CASES), database(ODD_CASES)]);
  const [one, two] = await Promise.all([first, second].map(async ({ sql }) => loadSchema(sql)));
  expect(generateModule({ ...two!, database: one!.database })).toBe(generateModule(one!));
});

test("a module is generated for the music store", async () => {
  const { sql } = await database(MUSIC_STORE_SQL);
  addModules("store", { "database.ts": generateModule(await loadSchema(sql)) });
});

test("a module is generated from a snapshot that was loaded with an empty search path", async () => {
  const { connect } = await database(SHOP);
  const schema = await loadSchema(connect({ max: 1, connection: { search_path: "" } }));
  expect(schema.searchPath).toEqual([]);
  addModules("qualified", { "database.ts": generateModule(schema) });
});

test("a module is generated for the odd cases", async () => {
  const { sql } = await database(ODD_CASES);
  if (isServer(18)) await sql.unsafe(ODD_CASES_18);
  addModules("odd", { "database.ts": generateModule(await loadSchema(sql)) });
});

test("tables and labels whose names are JavaScript code get valid names in the module", async () => {
  const { sql } = await database(`
    create schema other;
    create type "Json" as enum ('Point', 'line\u2028separator', '*/', '\\', '\${x}');
    create table c (point point, "Point:" "Json");
    create table class ("*/" int primary key, "constructor" text);
    create table "Class" (a int);
    create table "tables" (a int);
    create table "1st_½" (a int);
    create table "\u2028" ("\u2029" "Json", "a'b\\" "Json"[]);
    create table track_row (a int);
    create table track (a int);
    create table other.track (a int);
    create table "हिन्दी" (a int);
    create table "empty" ();`);
  const text = generateModule(await loadSchema(sql, { schemas: ["public", "other"] }));
  addModules("code", { "database.ts": text });
  expect([...text.matchAll(/^export interface (\S*)Row \{/gm)].map(([, name]) => name)).toEqual([
    "Table1st",
    "Class",
    "C",
    "Class2",
    "Empty",
    "OtherTrack",
    "Tables",
    "Track",
    "TrackRow",
    "हिन्दी",
    "Table",
  ]);
});

test("a module uses the JavaScript forms of its snapshot", async () => {
  const { sql } = await database("create table t (a int8, b timestamptz, c jsonb, d jsonb, e jsonb)");
  const types = {
    int8: "bigint",
    timestamptz: "string",
    json: "string",
    columns: { "t.d": "parse", "t.e": "bigint" },
  } as const;
  const text = generateModule(await loadSchema(sql, { types }));
  expect(text).toContain(
    "export interface TRow {\n  a: bigint | null;\n  b: string | null;\n  c: string | null;\n  d: Json | null;\n  e: JsonWithBigints | null;\n}",
  );
  addModules("forms", { "database.ts": text });
});

test("an invalid type of a column is rejected", async () => {
  const { sql } = await database(SHOP);
  const schema = await loadSchema(sql);
  const from = "./a.ts";
  const cases = [
    [{ doc: "string" }, 'a key of types must be "table.column", received "doc"'],
    [{ "item.dock": "string" }, 'item has no column "dock"; did you mean "doc"?'],
    [
      { "item.doc": { type: "A<B>", from } },
      'types: item.doc: type must be the name of an export of "./a.ts", received "A<B>"',
    ],
    [
      { "item.doc": { type: "Json", from } },
      "types: item.doc: a different type is already named Json; export yours under a different name",
    ],
    [
      { "item.doc": { type: "A", from }, "item.size": { type: "A", from: "./b.ts" } },
      "types: item.size: a different type is already named A; export yours under a different name",
    ],
  ] as const;
  for (const [types, message] of cases) expect(() => generateModule(schema, { types })).toThrow(message);
});

test("an imported type with the name of an interface keeps its name", async () => {
  const { sql } = await database(SHOP);
  const text = generateModule(await loadSchema(sql), {
    types: { "item.doc": { type: "ItemRow", from: "./documents.ts" } },
  });
  const documents = "export interface ItemRow { readonly a: number }\n";
  addModules("imported", { "database.ts": text, "documents.ts": documents });
  expect(text).toContain("export interface Item2Row {");
});

test("an array of a domain over an array has the arrays of the domain as its elements", async () => {
  const { sql } = await database(
    "create domain ints as int[]; create table t (a ints[] not null, b int[] not null)",
  );
  expect(generateModule(await loadSchema(sql))).toContain(
    "export interface TInsert {\n  a: readonly (NestedArray<number> | null)[];\n  b: NestedArray<number>;\n}",
  );
});

test("a table without columns has an interface without properties", async () => {
  const { sql } = await database("create table nothing ()");
  expect(generateModule(await loadSchema(sql))).toContain("export interface NothingRow {}\n");
});

test("an enum of one label is this label, and one without labels has no value", async () => {
  const { sql } = await database(`create type one as enum ('x'); create type empty as enum ();
    create table t (a one not null, b empty not null)`);
  const text = generateModule(await loadSchema(sql));
  expect(text).toContain('export interface TRow {\n  a: "x";\n  b: never;\n}');
});

test("equal databases give identical bytes, and the snapshot is readable in a review", async () => {
  const one = await database(`create type a as enum ('x'); create type b as enum ('y');
    create domain code as varchar(2) check (value in ('x', 'y'));
    create table t (id int primary key, p a, q b, m int[3][], v varchar(9), check (id > 0), check (id < 9));
    alter table t add constraint v check (v in ('x', 'y')); create index on t (id) where v in ('x', 'y');`);
  const other = await database(`create type b as enum ('y'); create type a as enum ('x');
    create domain code as varchar(2) check (value::text = any (array['x'::varchar::text, 'y'::varchar::text]));
    create table t (id int primary key, old text, p a, q b, m int[], v varchar(9));
    create index on t (id) where v::text = any (array['x'::varchar::text, 'y'::varchar::text]);
    alter table t add constraint v check (v::text = any (array['x'::varchar::text, 'y'::varchar::text]));
    alter table t drop column old, add constraint t_id_check check (id > 0), add constraint t_id_check1 check (id < 9);`);
  const [first, second] = [await loadSchema(one.sql), await loadSchema(other.sql)];
  expect(snapshotJson(second)).toBe(snapshotJson(first));
  expect(generateModule(second)).toBe(generateModule(first));
  expect(fingerprint(parseSchema(snapshotJson(first)))).toBe(fingerprint(first));
  const version = parseSchema(snapshotJson({ ...first, serverVersionNum: 180_004 })).serverVersionNum;
  expect(version).toBe(180_000);
  const lines = snapshotJson(first).split("\n");
  expect(Math.max(...lines.map(line => line.length))).toBeLessThan(160);
  await one.sql.unsafe("comment on column t.p is 'Why.'");
  const changed = snapshotJson(await loadSchema(one.sql)).split("\n");
  expect(changed.filter(line => !lines.includes(line))).toEqual(['          "comment": "Why.",']);
});

test("a module with its snapshot in a JSON file compiles and runs", async () => {
  const { sql } = await database(SHOP);
  const schema = await loadSchema(sql);
  const text = generateModule(schema, { snapshot: "./database.json" });
  const use = `import { rowsWhere } from "rowfn";
import { schema } from "./database.ts";
export const ids = async (sql: Bun.SQL): Promise<number[]> =>
  (await rowsWhere(sql, schema, "item", { select: ["id"] })).map(({ id }) => id);
`;
  addModules("snapshot", { "database.ts": text, "database.json": snapshotJson(schema), "use.ts": use });
});

test("columns named like properties of Object.prototype have correct types", async () => {
  const { sql } = await database(
    `create table odd (id int primary key, "constructor" text not null, "toString" int not null, "valueOf" date,
       "hasOwnProperty" boolean default true, "__proto__" text, "prototype" text);`,
  );
  const use = `import { insert, eq, rowsWhere, update, upsert } from "rowfn";
import { schema } from "./database.ts";
export async function run(sql: Bun.SQL): Promise<[string, number, string | null]> {
  await insert(sql, schema, "odd", { id: 1, constructor: "a", toString: 2 });
  // @ts-expect-error: constructor and toString are missing
  await insert(sql, schema, "odd", { id: 1 });
  // @ts-expect-error: toString is a number
  await insert(sql, schema, "odd", { id: 1, constructor: "a", toString: "2" });
  await update(sql, schema, "odd", { id: 1, valueOf: "2026-01-01" });
  await upsert(sql, schema, "odd", { id: 1, constructor: "b", toString: 3 });
  // A filter and an empty update need none of them.
  await rowsWhere(sql, schema, "odd", { where: {} });
  await rowsWhere(sql, schema, "odd", { where: { id: 1 } });
  await rowsWhere(sql, schema, "odd", { where: { constructor: "a", toString: eq(2), hasOwnProperty: true } });
  const [row] = await rowsWhere(sql, schema, "odd", { select: ["constructor", "toString", "valueOf"], orderBy: "toString" });
  return [row!.constructor, row!.toString, row!.valueOf];
}
`;
  addModules("members", { "database.ts": generateModule(await loadSchema(sql)), "use.ts": use });
});

test("the types of orderBy accept the paths to a single related row that are valid at run time, and include only tables with one relation", async () => {
  const { sql } = await database(`
    create table place (id int primary key, name text, main_trip int);
    create table trip (id int primary key, trip int, start_id int constraint "trip start" references place, goal_id int references place);
    alter table place add constraint place_trip foreign key (main_trip) references trip;
    create table node (id int primary key, parent_id int references node, place int references place);
    insert into place values (1, 'A'), (2, 'B');
    insert into trip values (1, null, 1, 2), (2, null, 2, 1);
    insert into node values (1, null, 2), (2, 1, 1)`);
  const schema = await loadSchema(sql);
  const text = generateModule(schema);
  expect([...text.matchAll(/references: .*/g)].map(([line]) => line)).toEqual([
    'references: { node: "node"; place: "place" };',
    'references: { trip: "trip" };',
    'references: { "trip start": "place"; trip_goal_id_fkey: "place" };',
  ]);
  const paths = {
    trip: [
      ["trip start.name", [1, 2]],
      ["trip_goal_id_fkey.name", [2, 1]],
    ],
    node: [
      ["place.name", [2, 1]],
      ["node.id", [2, 1]],
      ["node.place.name", [2, 1]],
    ],
    place: [["trip.id", [1, 2]]],
  } as const;
  for (const [table, orders] of Object.entries(paths))
    for (const [orderBy, ids] of orders) {
      const rows = await rowsWhere(sql, schema, table, { orderBy, select: ["id"] });
      expect(rows.map(({ id }) => id)).toEqual([...ids]);
    }
  const use = `import { desc, rowsWhere } from "rowfn";
import { schema } from "./database.ts";
export async function run(sql: Bun.SQL): Promise<void> {
  await rowsWhere(sql, schema, "trip", { orderBy: ["trip start.name", desc("trip_goal_id_fkey.name"), "trip_goal_id_fkey.trip.id"] });
  // @ts-expect-error: several foreign keys refer to place
  await rowsWhere(sql, schema, "trip", { orderBy: "place.name" });
  await rowsWhere(sql, schema, "node", { orderBy: ["place.name", "node.id", "node.place.name"] });
  // @ts-expect-error: no such column
  await rowsWhere(sql, schema, "node", { orderBy: "node.name" });
  await rowsWhere(sql, schema, "place", { orderBy: "trip.id" });
}
`;
  addModules("paths", { "database.ts": text, "use.ts": use });
});

test("the modules of the tests above compile with tsc and with bun check", async () => {
  expect(Object.keys(modules).filter(name => name.endsWith("database.ts"))).toHaveLength(9);
  expect(await compile(modules)).toEqual(CLEAN);
});
