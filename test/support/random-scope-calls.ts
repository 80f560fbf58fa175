// A random call of every function that reads or writes rows, by one of two tenants.
import type { TestDatabase } from "../../src/testing/index.ts";
import * as rowfn from "./every-entry.ts";
import { HAS_REF, type Table } from "./scoped-tables.ts";

export interface ScopedCall {
  readonly sql: TestDatabase["sql"];
  /** The snapshot of the tenant. */
  readonly mine: rowfn.SchemaSnapshot;
  readonly tenant: number;
  readonly table: Table;
}

type Row = Record<string, unknown>;
type Call = (call: ScopedCall) => unknown;

/** The seed of the random choices. */
export const SEED: number = Number(process.env["ROWFN_SCOPE_SEED"] ?? Date.now() % 2 ** 31);

let state = SEED;

// A linear congruential generator (Numerical Recipes), whose low bits have a short period.
function random(limit: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

/** A random item of a list. */
export const pick = <Item>(list: readonly Item[]): Item => list[random(list.length)]!;
const id = (): number => random(8);
const { expr } = rowfn;

function newRow({ tenant, table }: ScopedCall, key = id()): Row {
  return { id: key, name: `secret ${tenant}`, ...(HAS_REF.has(table) && { ref: pick([null, id(), id()]) }) };
}

const newRows = (call: ScopedCall): Row[] => [...new Set([id(), id(), id()])].map(key => newRow(call, key));

function changes(call: ScopedCall): Row {
  const { id: _id, ...rest } = newRow(call);
  return pick<Row>([
    rest,
    { name: expr`name || ''` },
    HAS_REF.has(call.table) ? { ref: expr`${id()}::int` } : { name: rest["name"] },
  ]);
}

function csv(rows: readonly Row[]): string {
  return [Object.keys(rows[0]!), ...rows.map(row => Object.values(row))]
    .map(line => line.join(","))
    .join("\n");
}

/** A filter for a single row, for rows of any tenant, by raw SQL, or by a relation. */
function filter({ table }: ScopedCall): never {
  return pick<unknown>([
    { id: id() },
    rowfn.or({ id: id() }, { tenant: 2 }, { tenant: 1 }),
    expr`true or tenant = 2`,
    rowfn.not({ tenant: 1 }),
    { id: rowfn.oneOf([0, 1, 2, 3]), tenant: rowfn.gt(0) },
    ...(table === "owner" ? [rowfn.some("plain"), rowfn.none("pair", { tenant: 2 })] : []),
  ]) as never;
}

const text = (stream: ReadableStream<Uint8Array> | string): Promise<string> => new Response(stream).text();
const include = ({ table }: ScopedCall): object =>
  table === "owner"
    ? { include: pick([{ plain: true, part: { orderBy: "id", limit: 2 } }, { pair: { count: true } }]) }
    : {};
const job = { columns: { status: "state" } };

/** Sends the statement of a builder. */
const send = (sql: TestDatabase["sql"], statement: object): Promise<unknown> =>
  rowfn.run(sql, statement as never);

// Rows of owner with rows that refer to them, or vice versa.
function nestedInsert(call: ScopedCall): Promise<unknown> {
  const { sql, mine } = call;
  const owner = newRow({ ...call, table: "owner" });
  const plain = newRow({ ...call, table: "plain" });
  return pick([
    () =>
      rowfn.insert(
        sql,
        mine,
        "owner",
        { ...owner, plain: [plain] },
        { include: rowfn.nest({ plain: true }) },
      ),
    () => {
      const { ref: _ref, ...row } = plain;
      return rowfn.insert(sql, mine, "plain", { ...row, owner }, { include: rowfn.nest({ owner: true }) });
    },
  ])();
}

/** The runners, by the names of the functions. */
export const RUNNERS: Readonly<Record<string, Call>> = {
  rowsWhere: call =>
    rowfn.rowsWhere(call.sql, call.mine, call.table, { where: filter(call), ...include(call) }),
  rowsAndCount: call =>
    rowfn.rowsAndCount(call.sql, call.mine, call.table, { where: filter(call), limit: 2 }),
  pksAndRowsWhere: call => rowfn.pksAndRowsWhere(call.sql, call.mine, call.table, { where: filter(call) }),
  get: call => rowfn.get(call.sql, call.mine, call.table, id(), include(call)),
  getOrThrow: call => rowfn.getOrThrow(call.sql, call.mine, call.table, id()),
  getMany: call => rowfn.getMany(call.sql, call.mine, call.table, [0, 1, 2, 3, 4, 5, 6, 7], include(call)),
  rowLoader: ({ sql, mine, table }) => {
    const load = rowfn.rowLoader(sql, mine, table);
    return Promise.all([load(id()), load(id())]);
  },
  selectOne: call => rowfn.selectOne(call.sql, call.mine, call.table, { where: { id: id() } }),
  count: call =>
    rowfn.count(call.sql, call.mine, call.table, { where: filter(call), estimate: pick([true, false]) }),
  exists: call => rowfn.exists(call.sql, call.mine, call.table, { where: filter(call) }),
  groupBy: call =>
    rowfn.groupBy(call.sql, call.mine, call.table, "name", {
      where: filter(call),
      aggregates: { most: { max: "name" } },
    }),
  page: call => rowfn.page(call.sql, call.mine, call.table, { limit: 5, orderBy: ["id"], total: true }),
  streamRows: call =>
    Array.fromAsync(rowfn.streamRows(call.sql, call.mine, call.table, { where: filter(call) })),
  analyzeColumn: call => rowfn.analyzeColumn(call.sql, call.mine, call.table, "name"),
  q: call =>
    rowfn.q(
      call.sql,
      call.mine,
      expr`select t.* from ${rowfn.table(call.table, "t")} where true or t.tenant = 2`,
    ),
  qOne: call =>
    rowfn.qOne(call.sql, call.mine, expr`select max(name), min(name) from ${rowfn.table(call.table)}`),
  item: call =>
    rowfn.item(call.sql, call.mine, expr`select string_agg(name, ',') from ${rowfn.table(call.table)}`),
  run: call => send(call.sql, rowfn.rowsWhereSql(call.mine, call.table, { where: filter(call) })),
  exec: ({ sql, mine }) =>
    rowfn.exec(
      sql,
      mine,
      expr`update node set name = name where id in (select id from ${rowfn.table("node")})`,
    ),
  insert: call =>
    pick([
      nestedInsert,
      (plain: ScopedCall) => rowfn.insert(plain.sql, plain.mine, plain.table, newRow(plain)),
    ])(call),
  insertMany: call =>
    rowfn.insertMany(call.sql, call.mine, call.table, newRows(call), { returning: pick([true, false]) }),
  update: call => rowfn.update(call.sql, call.mine, call.table, { ...changes(call), id: id() }),
  updateMany: call => rowfn.updateMany(call.sql, call.mine, call.table, newRows(call), { returning: true }),
  updateWhere: call =>
    rowfn.updateWhere(call.sql, call.mine, call.table, changes(call), {
      where: filter(call),
      returning: true,
    }),
  upsert: call =>
    rowfn.upsert(call.sql, call.mine, call.table, newRow(call), {
      update: pick<unknown>([
        undefined,
        "nothing",
        "changed",
        { name: expr`${rowfn.old("name")} || ''` },
      ]) as never,
    }),
  upsertMany: call =>
    rowfn.upsertMany(call.sql, call.mine, call.table, newRows(call), {
      update: pick([undefined, "nothing", "changed"]) as never,
      returning: pick([true, false]),
    }),
  lookup: call => rowfn.lookup(call.sql, call.mine, call.table, newRow(call)),
  link: async ({ sql, mine }) => {
    const own = async (table: string): Promise<unknown[]> =>
      (await rowfn.rowsWhere(sql, mine, table)).map(row => row["id"]);
    const [owners, nodes] = [await own("owner"), await own("node")];
    return rowfn.link(sql, mine, "owner", pick([id(), ...owners]), "node", [pick([id(), ...nodes])]);
  },
  deleteRow: call => rowfn.deleteRow(call.sql, call.mine, call.table, id()),
  deleteMany: call => rowfn.deleteMany(call.sql, call.mine, call.table, [id(), id()], { returning: true }),
  deleteWhere: call =>
    rowfn.deleteWhere(call.sql, call.mine, call.table, { where: { id: id() }, returning: true }),
  truncate: call => rowfn.truncate(call.sql, call.mine, call.table, { cascade: pick([true, false]) }),
  claim: call => rowfn.claim(call.sql, call.mine, call.table, { limit: 9, set: changes(call) }),
  claimOne: call => rowfn.claimOne(call.sql, call.mine, call.table, found => found, job),
  work: async call => {
    const stop = new AbortController();
    const seen: unknown[] = [];
    const sql = rowfn.traced(call.sql, ({ text: sent }) => {
      if (sent.startsWith("SELECT")) stop.abort();
    });
    const options = { ...job, poll: 1, signal: stop.signal };
    await rowfn.work(sql, call.mine, call.table, found => seen.push(found), options);
    return seen;
  },
  importRows: call =>
    rowfn.importRows(call.sql, call.mine, call.table, csv(newRows(call)), {
      format: "csv",
      upsert: pick([true, false]),
    }),
  exportRows: call =>
    text(
      rowfn.exportRows(call.sql, call.mine, call.table, {
        format: pick(["csv", "json"]),
        where: filter(call),
      }),
    ),
  crud: async call => {
    const hasRef = HAS_REF.has(call.table);
    const write = ["id", "name", ...(hasRef ? ["ref"] : [])];
    const options = { filter: ["id", "tenant", "name"], sort: ["id"], write, delete: true };
    const routes = rowfn.crud(call.sql, rowfn.unscoped(call.mine), {
      tables: { [call.table]: options },
      scope: () => call.mine,
      onError: () => {},
    } as never);
    const { ref } = newRow(call) as { ref?: unknown };
    const row = { name: `secret ${call.tenant}`, ...(hasRef && { ref }) };
    const { table } = call;
    const [path, init] = pick<readonly [string, RequestInit]>([
      [`/${table}?tenant[in]=1,2`, {}],
      [`/${table}/${id()}`, {}],
      [`/${table}`, { method: "POST", body: JSON.stringify({ id: id(), ...row }) }],
      [`/${table}/${id()}`, { method: "PATCH", body: JSON.stringify(row) }],
      [`/${table}/${id()}`, { method: "PUT", body: JSON.stringify(row) }],
      [`/${table}/${id()}`, { method: "DELETE" }],
      [
        "/batch",
        {
          method: "POST",
          body: JSON.stringify([
            { op: "upsert", table, key: id(), row },
            { op: "update", table, key: id(), row },
            { op: "delete", table, key: id() },
          ]),
        },
      ],
    ]);
    const request = new Request(`http://localhost${path}`, {
      ...init,
      headers: { "content-type": "application/json" },
    });
    const route = path.split("?")[0]!.replace(/\/\d+$/, "/:key");
    return text((await routes[route]!(request)).body ?? "");
  },
};

/** The builders, whose statements `run` sends. */
export const BUILDERS: Readonly<Record<string, (call: ScopedCall) => object>> = {
  rowsWhereSql: call => rowfn.rowsWhereSql(call.mine, call.table, { where: filter(call) }),
  countSql: call => rowfn.countSql(call.mine, call.table, { where: filter(call) }),
  existsSql: call => rowfn.existsSql(call.mine, call.table, { where: filter(call) }),
  getSql: call => rowfn.getSql(call.mine, call.table, id()),
  getManySql: call => rowfn.getManySql(call.mine, call.table, [id(), id()]),
  groupBySql: call => rowfn.groupBySql(call.mine, call.table, "name"),
  pageSql: call => rowfn.pageSql(call.mine, call.table, { limit: 9, where: filter(call) }),
  querySql: call => rowfn.querySql(call.mine, expr`select * from ${rowfn.table(call.table, "t")}`),
  insertSql: call => rowfn.insertSql(call.mine, call.table, newRow(call)),
  insertManySql: call => rowfn.insertManySql(call.mine, call.table, newRows(call), { returning: true }),
  updateSql: call => rowfn.updateSql(call.mine, call.table, { ...changes(call), id: id() }),
  updateManySql: call => rowfn.updateManySql(call.mine, call.table, newRows(call), { returning: true }),
  updateWhereSql: call =>
    rowfn.updateWhereSql(call.mine, call.table, changes(call), { where: filter(call), returning: true }),
  upsertSql: call => rowfn.upsertSql(call.mine, call.table, newRow(call)),
  upsertManySql: call => rowfn.upsertManySql(call.mine, call.table, newRows(call), { returning: true }),
  deleteRowSql: call => rowfn.deleteRowSql(call.mine, call.table, id()),
  deleteManySql: call => rowfn.deleteManySql(call.mine, call.table, [id(), id()], { returning: true }),
  deleteWhereSql: call =>
    rowfn.deleteWhereSql(call.mine, call.table, { where: { id: id() }, returning: true }),
  claimSql: call => rowfn.claimSql(call.mine, call.table, { limit: 9, set: changes(call) }),
};
