// Calls of each function in which tenant 1 names a row of tenant 2 or writes a new row.
import type { TestDatabase } from "../../src/testing/index.ts";
import * as rowfn from "./every-entry.ts";

const { expr } = rowfn;

/** `pool` is for functions that need more than one connection. */
export type Case = (
  sql: TestDatabase["sql"],
  schema: rowfn.SchemaSnapshot,
  pool: TestDatabase["sql"],
) => Promise<unknown>;

const THEIR_JOB = { columns: { status: "stars" }, statuses: { pending: 9, done: 1, failed: 2 } } as const;

// Calls that name tenant 2's row and are rejected, for each function with a handle and a snapshot.
export const REJECTED: Readonly<Record<string, readonly Case[]>> = {
  getOrThrow: [(sql, schema) => rowfn.getOrThrow(sql, schema, "note", 3)],
  selectOne: [(sql, schema) => rowfn.selectOne(sql, schema, "note", { where: { title: "secret" } })],
  insert: [(sql, schema) => rowfn.insert(sql, schema, "note", { id: 9, tenant_id: 2 })],
  insertMany: [(sql, schema) => rowfn.insertMany(sql, schema, "note", [{ id: 9, tenant_id: 2 }])],
  importRows: [
    (sql, schema) => rowfn.importRows(sql, schema, "note", "id,tenant_id\n9,2\n", { format: "csv" }),
    (sql, schema) =>
      rowfn.importRows(sql, schema, "note", "id,stars\n3,1\n", { format: "csv", upsert: true }),
  ],
  truncate: [(sql, schema) => rowfn.truncate(sql, schema, "note")],
  update: [
    (sql, schema) => rowfn.update(sql, schema, "note", { id: 3, title: "stolen" }),
    (sql, schema) => rowfn.update(sql, schema, "note", { id: 1, tenant_id: 2 }),
    (sql, schema) => rowfn.update(sql, schema, "note", { id: 1, tenant_id: expr`2` }),
  ],
  updateMany: [(sql, schema) => rowfn.updateMany(sql, schema, "note", [{ id: 1, tenant_id: 2 }])],
  updateWhere: [(sql, schema) => rowfn.updateWhere(sql, schema, "note", { tenant_id: 2 }, { all: true })],
  upsert: [
    (sql, schema) => rowfn.upsert(sql, schema, "note", { id: 3, title: "stolen" }),
    (sql, schema) => rowfn.upsert(sql, schema, "note", { id: 3, title: "stolen" }, { returning: false }),
    (sql, schema) => rowfn.upsert(sql, schema, "note", { id: 3, title: "x" }, { update: "changed" }),
    (sql, schema) => rowfn.upsert(sql, schema, "note", { id: 8, title: "secret" }, { key: ["title"] }),
    (sql, schema) => rowfn.upsert(sql, schema, "note", { id: 1, tenant_id: 2 }),
  ],
  upsertMany: [
    (sql, schema) =>
      rowfn.upsertMany(sql, schema, "note", [
        { id: 1, stars: 1 },
        { id: 3, stars: 1 },
      ]),
    (sql, schema) => rowfn.upsertMany(sql, schema, "note", [{ id: 3, stars: 1 }], { returning: true }),
  ],
  lookup: [
    (sql, schema) => rowfn.lookup(sql, schema, "note", { id: 8, title: "secret" }, { key: ["title"] }),
  ],
  deleteRow: [(sql, schema) => rowfn.deleteRow(sql, schema, "note", 3)],
  // A table is shared by all tenants, so a tenant that may see only some of its rows cannot change the table.
  createTable: [(sql, schema) => rowfn.createTable(sql, schema, "note", { id: "int" }, { replace: true })],
  createFromRows: [(sql, schema) => rowfn.createFromRows(sql, schema, "other", [{ id: 1 }])],
  createLinkTable: [(sql, schema) => rowfn.createLinkTable(sql, schema, "note", "note")],
  extract: [(sql, schema) => rowfn.extract(sql, schema, "note", "stars")],
  link: [
    (sql, schema) => rowfn.link(sql, schema, "note", 1, "note", [2, 3], { by: ["first", "second"] }),
    (sql, schema) => rowfn.link(sql, schema, "note", 3, "note", [1], { by: ["first", "second"] }),
  ],
  duplicateTable: [(sql, schema) => rowfn.duplicateTable(sql, schema, "note", "stolen")],
  transformTable: [(sql, schema) => rowfn.transformTable(sql, schema, "note", { drop: ["stars"] })],
  addColumn: [(sql, schema) => rowfn.addColumn(sql, schema, "note", "x", "int")],
  addSearch: [(sql, schema) => rowfn.addSearch(sql, schema, "note", "title")],
  addForeignKey: [(sql, schema) => rowfn.addForeignKey(sql, schema, "note", "stars", "note")],
  createIndex: [
    (sql, schema) => rowfn.createIndex(sql, schema, "note", "stars"),
    (sql, schema) => rowfn.createIndex(sql, schema, "note", "stars", { concurrently: true }),
  ],
  createPartitions: [(sql, schema) => rowfn.createPartitions(sql, schema, "note", { by: "day", ahead: 1 })],
  attachPartition: [(sql, schema) => rowfn.attachPartition(sql, schema, "note", "pair", "default")],
  detachPartition: [(sql, schema) => rowfn.detachPartition(sql, schema, "note", "pair")],
  dropIndex: [(sql, schema) => rowfn.dropIndex(sql, schema, "note", "note_stars_idx")],
  createView: [(sql, schema) => rowfn.createView(sql, schema, "all_notes", expr`select * from note`)],
  dropView: [(sql, schema) => rowfn.dropView(sql, schema, "titles")],
  refreshView: [(sql, schema) => rowfn.refreshView(sql, schema, "titles")],
  createEnum: [(sql, schema) => rowfn.createEnum(sql, schema, "mood", ["sad"])],
  dropEnum: [(sql, schema) => rowfn.dropEnum(sql, schema, "mood")],
  addEnumValue: [(sql, schema) => rowfn.addEnumValue(sql, schema, "mood", "happy")],
  dropTable: [(sql, schema) => rowfn.dropTable(sql, schema, "note")],
  renameTable: [(sql, schema) => rowfn.renameTable(sql, schema, "note", "notes")],
  dropColumn: [(sql, schema) => rowfn.dropColumn(sql, schema, "note", "stars")],
  renameColumn: [(sql, schema) => rowfn.renameColumn(sql, schema, "note", "stars", "likes")],
};

// Calls that return the same as if tenant 2's row did not exist.
export const HIDDEN: Readonly<Record<string, readonly (readonly [Case, unknown])[]>> = {
  deleteMany: [
    [(sql, schema) => rowfn.deleteMany(sql, schema, "note", [3]), 0],
    [(sql, schema) => rowfn.deleteMany(sql, schema, "note", [3], { returning: true }), []],
  ],
  run: [[(sql, schema) => rowfn.run(sql, rowfn.rowsWhereSql(schema, "note", { where: { id: 3 } })), []]],
  claim: [
    [
      (sql, schema) =>
        rowfn.claim(sql, schema, "note", { limit: 9, select: ["id"], orderBy: "id", set: { stars: 0 } }),
      [{ id: 1 }, { id: 2 }],
    ],
  ],
  claimOne: [[(sql, schema) => rowfn.claimOne(sql, schema, "note", () => {}, THEIR_JOB), undefined]],
  work: [
    [
      async (_sql, schema, pool) => {
        const stop = new AbortController();
        let looks = 0;
        const sql = rowfn.traced(pool, ({ text }) => {
          if (text.startsWith("SELECT") && ++looks === 2) stop.abort();
        });
        return rowfn.work(sql, schema, "note", () => {}, { ...THEIR_JOB, poll: 1, signal: stop.signal });
      },
      0,
    ],
  ],
  exportRows: [
    [
      (sql, schema) =>
        new Response(
          rowfn.exportRows(sql, schema, "note", { format: "csv", select: ["id"], orderBy: "id" }),
        ).text(),
      "id\n1\n2\n",
    ],
  ],
  rowsWhere: [
    [(sql, schema) => rowfn.rowsWhere(sql, schema, "note", { where: { id: 3 } }), []],
    [
      (sql, schema) => rowfn.rowsWhere(sql, schema, "note", { where: expr`true or true`, select: ["id"] }),
      [{ id: 1 }, { id: 2 }],
    ],
    [
      (sql, schema) =>
        rowfn.rowsWhere(sql, schema, "note", {
          select: ["id"],
          orderBy: expr`(select max(stars) from ${rowfn.table("note")}), id desc`,
        }),
      [{ id: 2 }, { id: 1 }],
    ],
  ],
  pksAndRowsWhere: [[(sql, schema) => rowfn.pksAndRowsWhere(sql, schema, "note", { where: { id: 3 } }), []]],
  streamRows: [
    [
      (sql, schema) => Array.fromAsync(rowfn.streamRows(sql, schema, "note", { select: ["id"] })),
      [{ id: 1 }, { id: 2 }],
    ],
  ],
  rowsAndCount: [
    [
      (sql, schema) => rowfn.rowsAndCount(sql, schema, "note", { select: ["id"], limit: 1 }),
      { rows: [{ id: 1 }], count: 2 },
    ],
  ],
  analyzeColumn: [
    [
      (sql, schema) => rowfn.analyzeColumn(sql, schema, "note", "stars", { limit: 1 }),
      { rows: 2, nulls: 0, distinct: 2, min: 5, max: 7, common: [{ value: 5, count: 1 }] },
    ],
  ],
  page: [
    [
      (sql, schema) => rowfn.page(sql, schema, "note", { limit: 9, select: ["id"], total: true }),
      { rows: [{ id: 1 }, { id: 2 }], next: null, previous: null, total: 2 },
    ],
  ],
  get: [[(sql, schema) => rowfn.get(sql, schema, "note", 3), undefined]],
  getMany: [
    [(sql, schema) => rowfn.getMany(sql, schema, "note", [3, 1], { select: ["id"] }), [undefined, { id: 1 }]],
  ],
  rowLoader: [[(sql, schema) => rowfn.rowLoader(sql, schema, "note")(3), undefined]],
  count: [[(sql, schema) => rowfn.count(sql, schema, "note"), 2]],
  exists: [[(sql, schema) => rowfn.exists(sql, schema, "note", { where: { id: 3 } }), false]],
  groupBy: [
    [
      (sql, schema) => rowfn.groupBy(sql, schema, "note", [], { aggregates: { most: { max: "stars" } } }),
      [{ most: 7 }],
    ],
  ],
  exec: [
    [
      (sql, schema) =>
        rowfn.exec(
          sql,
          schema,
          expr`update note set stars = stars where id in (select id from ${rowfn.table("note")})`,
        ),
      2,
    ],
  ],
  q: [
    [
      (sql, schema) => rowfn.q(sql, schema, expr`select max(stars) as most from ${rowfn.table("note")}`),
      [{ most: 7 }],
    ],
  ],
  qOne: [
    [
      (sql, schema) => rowfn.qOne(sql, schema, expr`select max(stars) as most from ${rowfn.table("note")}`),
      { most: 7 },
    ],
  ],
  item: [[(sql, schema) => rowfn.item(sql, schema, expr`select max(stars) from ${rowfn.table("note")}`), 7]],
  updateMany: [
    [
      (sql, schema) => rowfn.updateMany(sql, schema, "note", [{ id: 3, title: "stolen" }]),
      { updated: 0, missing: [0], stale: [], suppressed: [] },
    ],
  ],
  updateWhere: [
    [(sql, schema) => rowfn.updateWhere(sql, schema, "note", { stars: 0 }, { where: { id: 3 } }), 0],
  ],
  upsert: [[(sql, schema) => rowfn.upsert(sql, schema, "note", { id: 3 }, { update: "nothing" }), undefined]],
  upsertMany: [
    [
      (sql, schema) =>
        rowfn.upsertMany(sql, schema, "note", [{ id: 3 }], { update: "nothing", returning: true }),
      [],
    ],
  ],
  deleteWhere: [
    [(sql, schema) => rowfn.deleteWhere(sql, schema, "note", { where: { id: 3 } }), 0],
    [(sql, schema) => rowfn.deleteWhere(sql, schema, "note", { all: true, returning: false }), 2],
  ],
};

// Inserts of a new row without a tenant.
export const STAMPED: Readonly<Record<string, Case>> = {
  insert: (sql, schema) => rowfn.insert(sql, schema, "note", { id: 9 }),
  insertMany: (sql, schema) => rowfn.insertMany(sql, schema, "note", [{ id: 9 }]),
  importRows: (sql, schema) => rowfn.importRows(sql, schema, "note", "id\n9\n", { format: "csv" }),
  upsert: (sql, schema) => rowfn.upsert(sql, schema, "note", { id: 9 }),
  upsertMany: (sql, schema) => rowfn.upsertMany(sql, schema, "note", [{ id: 9 }]),
  lookup: (sql, schema) => rowfn.lookup(sql, schema, "note", { id: 9 }),
};
