import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import * as ddl from "../../src/ddl/index.ts";
import * as files from "../../src/files/index.ts";
import * as core from "../../src/index.ts";
import * as queues from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import * as rowfn from "../support/every-entry.ts";

// Tenant 1 has the notes 1 and 2, tenant 2 the note 3. Everything below is done by tenant 1.
const DATA = `
  create table if not exists note (id int primary key, tenant_id int not null, title text unique, stars int not null default 0);
  create table if not exists pair (
    a int constraint first references note, b int constraint second references note, primary key (a, b)
  );
  truncate note, pair;
  insert into note values (1, 1, 'a', 5), (2, 1, 'b', 7), (3, 2, 'secret', 9)`;
const THEIRS = [[3, 2, "secret", 9]];

let database: TestDatabase;
let mine: rowfn.SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({ template: DATA });
  mine = rowfn.scope(await rowfn.loadSchema(database.sql), { note: { tenant_id: 1 } });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe(DATA);
});

type Case = (sql: TestDatabase["sql"], schema: rowfn.SchemaSnapshot) => Promise<unknown>;
const { expr } = rowfn;

const THEIR_JOB = { columns: { status: "stars" }, statuses: { pending: 9, done: 1, failed: 2 } } as const;

// What each function that takes a handle and a snapshot does when it is asked for tenant 2's row; all of these refuse.
const REFUSED: Readonly<Record<string, readonly Case[]>> = {
  getOrThrow: [(sql, schema) => rowfn.getOrThrow(sql, schema, "note", 3)],
  selectOne: [(sql, schema) => rowfn.selectOne(sql, schema, "note", { where: { title: "secret" } })],
  insert: [(sql, schema) => rowfn.insert(sql, schema, "note", { id: 9, tenant_id: 2 })],
  insertMany: [(sql, schema) => rowfn.insertMany(sql, schema, "note", [{ id: 9, tenant_id: 2 }])],
  importRows: [
    (sql, schema) => rowfn.importRows(sql, schema, "note", "id,tenant_id\n9,2\n", { format: "csv" }),
    (sql, schema) =>
      rowfn.importRows(sql, schema, "note", "id,stars\n3,1\n", { format: "csv", upsert: true }),
  ],
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
  // A table belongs to every tenant: who may see some of its rows only changes none.
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
  addForeignKey: [(sql, schema) => rowfn.addForeignKey(sql, schema, "note", "stars", "note")],
  createIndex: [
    (sql, schema) => rowfn.createIndex(sql, schema, "note", "stars"),
    (sql, schema) => rowfn.createIndex(sql, schema, "note", "stars", { concurrently: true }),
  ],
  dropIndex: [(sql, schema) => rowfn.dropIndex(sql, schema, "note", "note_stars_idx")],
  createView: [(sql, schema) => rowfn.createView(sql, schema, "all_notes", expr`select * from note`)],
  dropView: [(sql, schema) => rowfn.dropView(sql, schema, "titles")],
  refreshView: [(sql, schema) => rowfn.refreshView(sql, schema, "titles")],
  createEnum: [(sql, schema) => rowfn.createEnum(sql, schema, "mood", ["sad"])],
  addEnumValue: [(sql, schema) => rowfn.addEnumValue(sql, schema, "mood", "happy")],
  dropTable: [(sql, schema) => rowfn.dropTable(sql, schema, "note")],
  renameTable: [(sql, schema) => rowfn.renameTable(sql, schema, "note", "notes")],
  dropColumn: [(sql, schema) => rowfn.dropColumn(sql, schema, "note", "stars")],
  renameColumn: [(sql, schema) => rowfn.renameColumn(sql, schema, "note", "stars", "likes")],
};

// The same for functions that answer as if the row were not there.
const HIDDEN: Readonly<Record<string, readonly (readonly [Case, unknown])[]>> = {
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
      async (_sql, schema) => {
        const stop = new AbortController();
        let looks = 0;
        const sql = rowfn.traced(database.sql, ({ text }) => {
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
  count: [[(sql, schema) => rowfn.count(sql, schema, "note"), 2]],
  exists: [[(sql, schema) => rowfn.exists(sql, schema, "note", { where: { id: 3 } }), false]],
  groupBy: [
    [
      (sql, schema) => rowfn.groupBy(sql, schema, "note", [], { aggregates: { most: { max: "stars" } } }),
      [{ most: 7 }],
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
      { updated: 0, missing: [0], stale: [] },
    ],
  ],
  updateWhere: [
    [(sql, schema) => rowfn.updateWhere(sql, schema, "note", { stars: 0 }, { where: { id: 3 } }), []],
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
    [(sql, schema) => rowfn.deleteWhere(sql, schema, "note", { where: { id: 3 } }), []],
    [(sql, schema) => rowfn.deleteWhere(sql, schema, "note", { all: true, returning: false }), 2],
  ],
};

// What a new row looks like when its tenant was not given.
const STAMPED: Readonly<Record<string, Case>> = {
  insert: (sql, schema) => rowfn.insert(sql, schema, "note", { id: 9 }),
  insertMany: (sql, schema) => rowfn.insertMany(sql, schema, "note", [{ id: 9 }]),
  importRows: (sql, schema) => rowfn.importRows(sql, schema, "note", "id\n9\n", { format: "csv" }),
  upsert: (sql, schema) => rowfn.upsert(sql, schema, "note", { id: 9 }),
  upsertMany: (sql, schema) => rowfn.upsertMany(sql, schema, "note", [{ id: 9 }]),
  lookup: (sql, schema) => rowfn.lookup(sql, schema, "note", { id: 9 }),
};

// Its scope is tested in test/queues/watch.test.ts, because it needs a pool and triggers.
const ELSEWHERE: readonly string[] = ["watch"];

// Functions that read and write no rows of a table.
const NO_ROWS: readonly string[] = [
  ...["giveUp", "retryLater"],
  ...[
    "diagram",
    "formatRows",
    "generateModule",
    "migrate",
    "migrationStatus",
    "stepsText",
    "byRelevance",
    "channel",
    "search",
    "traced",
    "afterCommit",
    "asRole",
    "withConnection",
    "missingForeignKeyIndexes",
    "transaction",
    "withLock",
  ],
  ...[
    "connect",
    "describeHandle",
    "loadSchema",
    "parseSchema",
    "assertFresh",
    "fingerprint",
    "schemaDiff",
    "scope",
    "unscoped",
  ],
  ...[
    "checks",
    "columnsInfo",
    "enumValues",
    "foreignKeys",
    "hasColumn",
    "hasTable",
    "pkCols",
    "quote",
    "referencedBy",
  ],
  ...[
    "tableNames",
    "uniqueKeys",
    "viewNames",
    "rowSchema",
    "insertSchema",
    "updateSchema",
    "filterSchema",
    "validateInsert",
    "validateUpdate",
    "refine",
  ],
  ...[
    "col",
    "expr",
    "table",
    "and",
    "or",
    "not",
    "between",
    "containedBy",
    "contains",
    "distinctFrom",
    "eq",
    "every",
    "none",
    "some",
    "gt",
    "gte",
    "hasKey",
  ],
  ...[
    "ilike",
    "isNull",
    "like",
    "lt",
    "lte",
    "matches",
    "ne",
    "noneOf",
    "notNull",
    "oneOf",
    "overlaps",
    "asc",
    "desc",
  ],
];

// Builders send nothing; their runners are listed above.
const functions = Object.entries({ ...core, ...ddl, ...files, ...queues })
  .filter(([, value]) => typeof value === "function" && !(value.prototype instanceof Error))
  .map(([name]) => name)
  .filter(name => !name.endsWith("Sql"));

test("every exported function has a case here, or touches no rows", () => {
  const covered = new Set([...Object.keys(REFUSED), ...Object.keys(HIDDEN), ...ELSEWHERE, ...NO_ROWS]);
  expect(functions.filter(name => !covered.has(name))).toEqual([]);
  expect([...covered].filter(name => !functions.includes(name))).toEqual([]);
});

const handles: Readonly<
  Record<string, (run: (sql: TestDatabase["sql"]) => Promise<unknown>) => PromiseLike<unknown>>
> = {
  "the pool": run => run(database.sql),
  "a transaction": run => database.sql.begin(tx => run(tx as unknown as TestDatabase["sql"])),
};

const theirs = async (): Promise<unknown[][]> => [
  ...(await database.sql.unsafe("select * from note where tenant_id = 2 or id = 3").values()),
];

for (const [handle, use] of Object.entries(handles)) {
  for (const [name, cases] of Object.entries(REFUSED))
    for (const [index, attempt] of cases.entries())
      test(`${name} ${index + 1} refuses another tenant's row, on ${handle}`, async () => {
        const refused = await use(sql => attempt(sql, mine)).then(
          () => undefined,
          (error: Error) => error,
        );
        expect(refused).toBeInstanceOf(rowfn.RowfnError);
        expect(await theirs()).toEqual(THEIRS);
      });

  for (const [name, cases] of Object.entries(HIDDEN))
    for (const [index, [attempt, answer]] of cases.entries())
      test(`${name} ${index + 1} does not see another tenant's row, on ${handle}`, async () => {
        expect(await use(sql => attempt(sql, mine))).toEqual(answer);
        expect(await theirs()).toEqual(THEIRS);
      });

  for (const [name, write] of Object.entries(STAMPED))
    test(`${name} stamps a new row, on ${handle}`, async () => {
      await use(sql => write(sql, mine));
      const [[tenant]] = (await database.sql.unsafe("select tenant_id from note where id = 9").values()) as [
        [number],
      ];
      expect(tenant).toBe(1);
    });
}

test("two tenants that write the same keys never see or change each other's rows", async () => {
  const schemas = [1, 2].map(tenant_id => rowfn.scope(rowfn.unscoped(mine), { note: { tenant_id } }));
  const seen = { written: 0, refused: 0, leaked: 0 };
  const work = async (schema: rowfn.SchemaSnapshot, tenant: number): Promise<void> => {
    for (let attempt = 0; attempt < 500; attempt++) {
      const id = Math.floor(Math.random() * 6);
      const rows = await attempts(database.sql, schema, id, tenant).catch(error => {
        const isExpected = error instanceof rowfn.ScopeError || error instanceof rowfn.NotFoundError;
        if (!isExpected && !(error instanceof rowfn.ConstraintError)) throw error;
        seen.refused++;
        return [];
      });
      for (const row of rows) {
        seen.written++;
        if (row["tenant_id"] !== tenant || row["title"] !== `${tenant}-${row["id"]}`) seen.leaked++;
      }
    }
  };
  await database.sql.unsafe("truncate note cascade");
  await Promise.all(schemas.flatMap((schema, index) => [1, 2, 3, 4].map(() => work(schema, index + 1))));
  expect(seen.leaked).toBe(0);
  expect(Math.min(seen.written, seen.refused)).toBeGreaterThan(100);
  expect(await database.sql.unsafe("select * from note where title <> tenant_id || '-' || id")).toHaveLength(
    0,
  );
});

async function attempts(
  sql: TestDatabase["sql"],
  schema: rowfn.SchemaSnapshot,
  id: number,
  tenant: number,
): Promise<readonly Record<string, unknown>[]> {
  const row = { id, title: `${tenant}-${id}`, stars: tenant };
  const found = (one: Record<string, unknown> | undefined): Record<string, unknown>[] => (one ? [one] : []);
  switch (Math.floor(Math.random() * 9)) {
    case 0:
      return found(await rowfn.upsert(sql, schema, "note", row));
    case 1:
      return rowfn.upsertMany(
        sql,
        schema,
        "note",
        [row, { ...row, id: (id + 1) % 6, title: `${tenant}-${(id + 1) % 6}` }],
        {
          returning: true,
        },
      );
    case 2:
      return found(await rowfn.update(sql, schema, "note", row));
    case 3:
      return (await rowfn.updateMany(sql, schema, "note", [row], { returning: true })).updated;
    case 4:
      return found(await rowfn.lookup(sql, schema, "note", row));
    case 5:
      return rowfn.deleteWhere(sql, schema, "note", { where: { id } });
    case 6:
      return found(await rowfn.insert(sql, schema, "note", row));
    case 7:
      return found(await rowfn.upsert(sql, schema, "note", row, { update: "changed" }));
    default:
      return rowfn.rowsWhere(sql, schema, "note");
  }
}
