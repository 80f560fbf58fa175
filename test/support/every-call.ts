import type { SqlHandle } from "../../src/index.ts";
import { COLUMN_OPERATORS, type OperandKind } from "../../src/statements/column-operators.ts";
import * as rowfn from "./every-entry.ts";

interface CallContext {
  readonly sql: SqlHandle;
  readonly schema: rowfn.SchemaSnapshot;
}

/** A valid call of a function. */
export interface EveryCall {
  readonly args: (context: CallContext) => readonly unknown[];
  /** The position of the options; undefined for a function without options. */
  readonly options?: number;
  /** Positions of arguments that accept some of the invalid values, or with which the call would never end. */
  readonly any?: readonly number[];
}

const { expr } = rowfn;
const filter = { where: { id: 1 } };
const done = { signal: AbortSignal.abort() };
const csv = { format: "csv" };

/** A call with a handle, a snapshot, the arguments, and options at the end. */
function send(args: readonly unknown[], options: object = {}, any?: readonly number[]): EveryCall {
  return {
    args: ({ sql, schema }) => [sql, schema, ...args, options],
    options: args.length + 2,
    ...(any && { any }),
  };
}

/** A call with a snapshot, the arguments, and options at the end. */
function build(args: readonly unknown[], options: object = {}, any?: readonly number[]): EveryCall {
  return { args: ({ schema }) => [schema, ...args, options], options: args.length + 1, ...(any && { any }) };
}

/** A call with a snapshot and the arguments. */
function look(...args: readonly unknown[]): EveryCall {
  return { args: ({ schema }) => [schema, ...args] };
}

function call(...args: readonly unknown[]): EveryCall {
  return { args: () => args };
}

/** Valid operands of each kind of operator. */
const OPERANDS: Record<OperandKind, readonly unknown[]> = {
  ...{ value: [1], "value or null": [1], content: [1], pair: [1, 2], list: [[1]] },
  ...{ string: ["x"], key: ["x"], flag: [], none: [] },
};

const OPERATOR_CALLS: Record<string, EveryCall> = Object.fromEntries(
  Object.entries(COLUMN_OPERATORS).map(([name, { operand }]) => [name, call(...OPERANDS[operand])]),
);

const request = (): Request => new Request("http://localhost/doc?limit=5");
const post = (type: string, body: string): Request =>
  new Request("http://localhost/doc", { method: "POST", body, headers: { "content-type": type } });
const routes = { tables: { doc: {} } };

const LOOK_UPS =
  "columnsInfo pkCols foreignKeys referencedBy uniqueKeys checks indexes triggers columnDefaults comments";
/** One call of every public function. */
export const EVERY_CALL: Readonly<Record<string, EveryCall>> = {
  // Reading.
  rowsWhere: send(["doc"], filter),
  rowsAndCount: send(["doc"], filter),
  pksAndRowsWhere: send(["doc"], filter),
  get: send(["doc", 1]),
  getOrThrow: send(["doc", 1]),
  getMany: send(["doc", [1]]),
  rowLoader: send(["doc"]),
  selectOne: send(["doc"], filter),
  count: send(["doc"], filter),
  exists: send(["doc"], filter),
  groupBy: send(["doc", "tenant"]),
  page: send(["doc"], { limit: 1 }),
  streamRows: send(["doc"]),
  analyzeColumn: send(["doc", "title"]),
  q: send([expr`select 1 as a`]),
  qOne: send([expr`select 1 as a`]),
  item: send([expr`select 1 as a`]),
  run: {
    args: ({ sql, schema }) => [sql, rowfn.countSql(schema, "doc"), {}],
    options: 2,
  },
  exec: send([expr`select 1`]),
  script: { args: ({ sql }) => [sql, "select 1", {}], options: 2 },
  // Writing.
  insert: send(["doc", { id: 10 }]),
  insertMany: send(["doc", [{ id: 11 }]]),
  truncate: send(["reading"]),
  update: send(["doc", { id: 1, title: "x" }]),
  updateMany: send(["doc", [{ id: 1, title: "x" }]]),
  updateWhere: send(["doc", { title: "x" }], filter),
  upsert: send(["doc", { id: 1, title: "x" }]),
  upsertMany: send(["doc", [{ id: 1, title: "x" }]]),
  lookup: send(["doc", { id: 1 }]),
  link: send(["doc", 1, "tag", [1]]),
  deleteRow: send(["doc", 10]),
  deleteMany: send(["doc", [10]]),
  deleteWhere: send(["doc"], { where: { id: 10 } }),
  // Filters and orders, which validate most operands when they are used.
  ...OPERATOR_CALLS,
  not: call(1),
  ...Object.fromEntries(["and", "or"].map(name => [name, call({ id: 1 })])),
  ...Object.fromEntries(
    ["some", "none", "every"].map(name => [name, { args: () => ["line", { id: 1 }, {}], options: 2 }]),
  ),
  search: { args: () => ["words", {}], options: 1 },
  byRelevance: { args: () => ["title", "words", {}], options: 2 },
  ...Object.fromEntries(["asc", "desc"].map(name => [name, { args: () => ["title", {}], options: 1 }])),
  expr: call("$1 = 1", [1]),
  col: call("doc", "id", "d"),
  ...Object.fromEntries(["old", "excluded"].map(name => [name, call("id")])),
  nest: call({}),
  alias: call("n", rowfn.expr`1`),
  declare: look({ titles: { primaryKey: ["id"] } }),
  table: call("doc", "d"),
  // The snapshot.
  connect: { args: () => ["postgres://127.0.0.1:1/none", {}], options: 1 },
  loadSchema: { args: ({ sql }) => [sql, {}], options: 1 },
  assertFresh: { args: ({ sql, schema }) => [sql, schema] },
  describeHandle: { args: ({ sql }) => [sql] },
  parseSchema: { args: ({ schema }) => [JSON.stringify(schema)] },
  fingerprint: build([]),
  schemaDiff: { args: ({ schema }) => [schema, schema, {}], options: 2 },
  scope: build([{ doc: { tenant: 1 } }]),
  unscoped: look(),
  overrideIdentity: look("doc"),
  snapshotJson: look(),
  refine: look({ doc: { title: rowfn.filterSchema } }),
  ...Object.fromEntries(["tableNames", "viewNames", "sequences"].map(name => [name, build([])])),
  viewDefinition: look("titles"),
  hasTable: look("doc"),
  hasColumn: look("doc", "id"),
  ...Object.fromEntries(LOOK_UPS.split(" ").map(name => [name, look("doc")])),
  enumValues: look("doc", "id"),
  quote: look("doc", "id"),
  rowSchema: build(["doc"]),
  insertSchema: build(["doc"]),
  updateSchema: build(["doc"]),
  filterSchema: build(["doc"]),
  validateInsert: look("doc", { id: 1 }),
  validateUpdate: look("doc", { id: 1 }),
  // Transactions and tracing.
  transaction: { args: ({ sql }) => [sql, () => 1, {}], options: 2 },
  withLock: { args: ({ sql }) => [sql, "lock", () => 1, {}], options: 3 },
  asRole: { args: ({ sql }) => [sql, { settings: { "app.a": "1" } }, () => 1], options: 1 },
  withDefaults: { args: ({ sql }) => [sql, { timeout: 1_000 }], options: 1 },
  replicas: { args: ({ sql }) => [sql, [], {}], options: 2 },
  withConnection: { args: ({ sql }) => [sql, () => 1, {}], options: 2 },
  afterCommit: { args: ({ sql }) => [sql, () => 1] },
  traced: { args: ({ sql }) => [sql, () => {}, {}], options: 2 },
  // Tables, views, types and indexes.
  createTable: send(["made", { name: "text" }]),
  createFromRows: send(["made_of_rows", [{ a: 1 }]]),
  createLinkTable: send(["line", "tag"]),
  createView: send(["seen", expr`select 1 as a`]),
  createEnum: send(["color", ["red"]]),
  createIndex: send(["doc", "tenant"]),
  addColumn: send(["doc", "extra", "text"]),
  addSearch: send(["doc", "title"]),
  addEnumValue: send(["mood", "calm"]),
  addForeignKey: send(["doc", "version", "tag"]),
  duplicateTable: send(["tag", "tag_copy"]),
  extract: send(["doc", "version"], { into: "place" }),
  transformTable: send(["line", { add: { more: "text" } }]),
  renameColumn: send(["tag", "id", "key"]),
  renameTable: send(["tag", "label"]),
  refreshView: send(["counted"]),
  dropColumn: send(["doc", "title"], { cascade: true }),
  dropEnum: send(["mood"], { cascade: true }),
  dropIndex: send(["doc", "doc_title"]),
  ...{ dropTable: send(["doc_tag"]), dropView: send(["titles"]) },
  createPartitions: send(["reading"], { by: "day", ahead: 1 }),
  attachPartition: send(["reading", "reading_new", "default"]),
  detachPartition: send(["reading", "reading_old"]),
  migrate: { args: ({ sql }) => [sql, [{ name: "1", up: "select 1" }], {}], options: 2 },
  migrationStatus: { args: ({ sql }) => [sql, [], {}], options: 2 },
  migrationSql: { args: ({ schema }) => [schema, schema, {}], options: 2 },
  schemaSql: look(),
  migrateDown: { args: ({ sql }) => [sql, [], {}], options: 2 },
  newMigration: call("/nonexistent/rowfn", "name"),
  stepsText: call([]),
  missingForeignKeyIndexes: look(),
  // Files.
  importRows: send(["doc", "id\n50\n"], csv),
  importTableSql: build(["doc", "id\n50\n"], csv),
  exportRows: send(["doc"], csv),
  formatRows: { args: () => [[{ a: 1 }], "csv", {}], options: 2 },
  diagram: build([], { format: "mermaid" }),
  generateModule: build([]),
  // HTTP.
  querySchema: build(["doc"]),
  keySchema: look("doc"),
  sessionOf: { args: ({ sql }) => [rowfn.replicas(sql, []), request(), {}], options: 2 },
  nextUrl: { args: () => [request(), { next: null, previous: null }] },
  readBody: {
    args: ({ schema }) => [post("application/json", `{"id":1}`), rowfn.insertSchema(schema, "doc"), {}],
    options: 2,
  },
  bodyRows: {
    args: ({ schema }) => [post("text/csv", "id\n1\n"), schema, "doc", {}],
    options: 3,
  },
  ifMatch: {
    args: ({ schema }) => [
      new Request("http://localhost/", { headers: { "if-match": '"1"' } }),
      schema,
      "doc",
      "id",
    ],
  },
  respond: { args: () => [request(), [{ id: 1 }], {}], options: 2 },
  problem: { args: () => [new rowfn.NotFoundError("doc"), {}], options: 1, any: [0] },
  eventStream: {
    args: () => [new Request("http://localhost/", { method: "HEAD" }), async function* () {}, {}],
    options: 2,
  },
  crud: { args: ({ sql, schema }) => [sql, schema, routes], options: 2 },
  openApi: { args: ({ schema }) => [schema, { ...routes, title: "t", version: "1" }], options: 1 },
  // Testing. Without arguments they would start a server and create databases.
  testDatabase: { args: () => [{ template: "" }], options: 0, any: [0] },
  startPostgres: { args: () => [{ binaries: "/nonexistent" }], options: 0, any: [0] },
  rollback: { args: ({ sql }) => [sql, () => 1] },
  // Queues. Without an aborted signal they would run forever.
  claim: send(["job"], { set: { status: "done" } }),
  claimOne: send(["job", () => {}]),
  work: send(["job", () => {}], done, [4]),
  watch: send(["doc"], done, [3]),
  channel: {
    args: ({ sql, schema }) => [sql, "news", rowfn.insertSchema(schema, "doc"), done],
    options: 3,
    any: [2, 3],
  },
  giveUp: call("why"),
  retryLater: call(1, "why"),
  // Builders.
  absentRowsSql: look("doc", ["id"], [{ id: 1 }]),
  asRoleSql: { args: () => [{ role: "postgres" }], options: 0 },
  copySql: look("doc", [{ id: 1 }]),
  countSql: build(["doc"]),
  cursorSql: { args: ({ schema }) => [rowfn.countSql(schema, "doc"), "rowfn_1", 10] },
  deleteManySql: build(["doc", [1]]),
  deleteRowSql: build(["doc", 1]),
  deleteWhereSql: build(["doc"], filter),
  estimateCountSql: build(["doc"]),
  existsSql: build(["doc"]),
  getManySql: build(["doc", [1]]),
  getSql: build(["doc", 1]),
  groupBySql: build(["doc", "tenant"]),
  insertManySql: build(["doc", [{ id: 1 }]]),
  insertSql: build(["doc", { id: 1 }]),
  linkRows: build(["doc", 1, "tag", [1]]),
  lockSql: { args: () => ["lock", {}], options: 1 },
  newColumnsSql: look("doc", [{ id: 1 }]),
  pageSql: build(["doc"], { limit: 1 }),
  querySql: look(expr`select 1 as a`),
  rowsWhereSql: build(["doc"]),
  stagedUpsertSql: build(["doc", [{ id: 1 }]]),
  truncateSql: build(["doc"]),
  updateManySql: build(["doc", [{ id: 1, title: "x" }]]),
  updateSql: build(["doc", { id: 1, title: "x" }]),
  updateWhereSql: build(["doc", { title: "x" }], filter),
  upsertManySql: build(["doc", [{ id: 1 }]]),
  upsertSql: build(["doc", { id: 1 }]),
  claimSql: build(["job"]),
  watchSql: look("doc"),
  unwatchSql: look("doc"),
  pruneLogSql: look("doc", "1 hour"),
  wakeSql: look("doc"),
  unwakeSql: look("doc"),
  addColumnSql: build(["doc", "extra", "text"]),
  addSearchSql: build(["doc", "title"]),
  addEnumValueSql: build(["mood", "calm"]),
  addForeignKeySql: build(["doc", "version", "tag"]),
  createEnumSql: build(["color", ["red"]]),
  createFromRowsSql: build(["made", [{ a: 1 }]]),
  createIndexSql: build(["doc", "tenant"]),
  createLinkTableSql: build(["line", "tag"]),
  createTableSql: build(["made", { name: "text" }]),
  createViewSql: build(["seen", expr`select 1 as a`]),
  dropColumnSql: build(["doc", "title"]),
  dropEnumSql: build(["mood"], { cascade: true }),
  ...{ dropIndexSql: build(["doc", "doc_title"]), dropTableSql: build(["doc_tag"]) },
  dropViewSql: build(["titles"]),
  createPartitionsSql: build(["reading"], { by: "day", ahead: 1 }),
  attachPartitionSql: look("reading", "reading_new", "default"),
  detachPartitionSql: build(["reading", "reading_old"]),
  duplicateTableSql: build(["tag", "tag_copy"]),
  extractSql: build(["line", "doc_id"]),
  refreshViewSql: build(["counted"]),
  renameColumnSql: look("tag", "id", "key"),
  renameTableSql: look("tag", "label"),
  transformTableSql: build(["line", { add: { more: "text" } }]),
};
