// Random calls of two tenants on tables with plain and composite foreign keys, inheritance, partitions and views.
import { expect, test } from "bun:test";
import * as rowfn from "../support/every-entry.ts";
import { testTables } from "../support/test-tables.ts";

const TABLES = ["owner", "plain", "pair", "base", "child", "part", "node", "owner_view"] as const;
type Table = (typeof TABLES)[number];

const { database, schema, plain } = await testTables(
  `create table owner (id int primary key, tenant int not null, name text, unique (tenant, id));
   create table plain (id int primary key, tenant int not null, name text, ref int references owner);
   create table pair (id int primary key, tenant int not null, name text, ref int,
     foreign key (tenant, ref) references owner (tenant, id));
   create table base (id int primary key, tenant int not null, name text);
   create table child (primary key (id)) inherits (base);
   create table part (id int, tenant int not null, name text, ref int references owner, primary key (id)) partition by range (id);
   create table part_low partition of part for values from (minvalue) to (4);
   create table part_high partition of part for values from (4) to (maxvalue);
   create table node (id int primary key, tenant int not null, name text, ref int references node);
   create view owner_view as select id, tenant, name from owner;
   insert into owner select id, 1 + id % 2, 'secret ' || (1 + id % 2) from generate_series(0, 7) as id;
   insert into node select id, 1 + id % 2, 'secret ' || (1 + id % 2) from generate_series(0, 7) as id;
   insert into child select id, 1 + id % 2, 'secret ' || (1 + id % 2) from generate_series(0, 7) as id;`,
);
const { sql } = database;
const HAS_REF: ReadonlySet<Table> = new Set(["plain", "pair", "part", "node"]);
const HAS_KEY: ReadonlySet<Table> = new Set(TABLES.filter(table => table !== "owner_view"));
const { expr } = rowfn;

const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(Math.random() * list.length)]!;
const id = (): number => Math.floor(Math.random() * 8);

interface Call {
  readonly mine: rowfn.SchemaSnapshot;
  readonly tenant: number;
  readonly table: Table;
}

function newRow({ tenant, table }: Call, key = id()): Record<string, unknown> {
  return { id: key, name: `secret ${tenant}`, ...(HAS_REF.has(table) && { ref: pick([null, id(), id()]) }) };
}

const rowsOf = (call: Call): Record<string, unknown>[] => {
  const keys = new Set([id(), id(), id()]);
  return [...keys].map(key => newRow(call, key));
};

const csvOf = (rows: readonly Record<string, unknown>[]): string =>
  [Object.keys(rows[0]!), ...rows.map(row => Object.values(row))].map(line => line.join(",")).join("\n");

const CALLS: Readonly<Record<string, (call: Call) => Promise<unknown>>> = {
  insert: call => rowfn.insert(sql, call.mine, call.table, newRow(call)),
  insertMany: call => rowfn.insertMany(sql, call.mine, call.table, rowsOf(call), { returning: true }),
  update: call => rowfn.update(sql, call.mine, call.table, newRow(call)),
  updateMany: call => rowfn.updateMany(sql, call.mine, call.table, rowsOf(call), { returning: true }),
  updateWhere: call => {
    const { id: _, ...changes } = newRow(call);
    return rowfn.updateWhere(sql, call.mine, call.table, changes, { where: { id: id() }, returning: true });
  },
  "updateWhere with raw SQL": call => {
    const changes = HAS_REF.has(call.table) ? { ref: expr`${id()}::int` } : { name: expr`name` };
    return rowfn.updateWhere(sql, call.mine, call.table, changes, { all: true, returning: true });
  },
  upsert: call => rowfn.upsert(sql, call.mine, call.table, newRow(call)),
  upsertMany: call =>
    rowfn.upsertMany(sql, call.mine, call.table, rowsOf(call), {
      update: pick([undefined, "nothing"]) as never,
    }),
  lookup: call => rowfn.lookup(sql, call.mine, call.table, newRow(call)),
  claim: call =>
    rowfn.claim(sql, call.mine, call.table, { limit: 9, set: { name: `secret ${call.tenant}` } }),
  importRows: call =>
    rowfn.importRows(sql, call.mine, call.table, csvOf(rowsOf(call)), {
      format: "csv",
      upsert: Math.random() < 0.5,
    }),
  deleteRow: call => rowfn.deleteRow(sql, call.mine, call.table, id()),
  deleteMany: call => rowfn.deleteMany(sql, call.mine, call.table, [id(), id()], { returning: true }),
  deleteWhere: call =>
    rowfn.deleteWhere(sql, call.mine, call.table, { where: { id: id() }, returning: true }),
  rowsWhere: call =>
    rowfn.rowsWhere(sql, call.mine, call.table, { where: rowfn.or({ id: id() }, { tenant: 2 }) }),
  page: call => rowfn.page(sql, call.mine, call.table, { limit: 5, orderBy: ["id"], total: true }),
  getMany: call => rowfn.getMany(sql, call.mine, call.table, [0, 1, 2, 3, 4, 5, 6, 7]),
  include: call => rowfn.rowsWhere(sql, call.mine, "owner", { include: { plain: true, part: true } }),
};

const rowsOfTenant = (tenant: number): Promise<unknown[][]> =>
  plain(
    TABLES.filter(table => table !== "owner_view" && table !== "child")
      .map(
        table =>
          `select '${table}', id, name, ${HAS_REF.has(table) ? "ref" : "null::int"} from ${table} where tenant = ${tenant}`,
      )
      .join(" union all ") + " order by 1, 2, 3",
  );

const CROSSING = ["plain", "pair", "part"].map(
  table => `select 1 from ${table} t join owner o on o.id = t.ref where o.tenant <> t.tenant`,
);

test("1,000 random calls read, change, refer to and show no row of the other tenant", async () => {
  const scopes = [1, 2].map(tenant => rowfn.scope(schema, { "*": { tenant } }));
  const seen = { done: 0, refused: 0 };
  for (let step = 0; step < 1_000; step++) {
    const tenant = pick([1, 2]);
    const call: Call = { mine: scopes[tenant - 1]!, tenant, table: pick(TABLES) };
    const name = pick(Object.keys(CALLS).filter(one => HAS_KEY.has(call.table) || /Where/.test(one)));
    const before = await rowsOfTenant(3 - tenant);
    const result = await CALLS[name]!(call).then(
      value => {
        seen.done++;
        return Bun.inspect(value, { depth: 9 });
      },
      (error: rowfn.RowfnError) => {
        seen.refused++;
        expect(error).toBeInstanceOf(rowfn.RowfnError);
        return error.message + JSON.stringify(error.cause) + JSON.stringify(error);
      },
    );
    expect([name, call.table, result.includes(`secret ${3 - tenant}`)]).toEqual([name, call.table, false]);
    expect([name, call.table, await rowsOfTenant(3 - tenant)]).toEqual([name, call.table, before]);
  }
  expect(Math.min(seen.done, seen.refused)).toBeGreaterThan(100);
  expect(await plain(CROSSING.join(" union all "))).toEqual([]);
  expect(await plain("select 1 from node t join node o on o.id = t.ref where o.tenant <> t.tenant")).toEqual(
    [],
  );
}, 60_000);
