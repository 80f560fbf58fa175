// Random calls of two tenants on tables with plain and composite foreign keys, inheritance, partitions and views.
import { expect, test } from "bun:test";
import * as ddl from "../../src/ddl/index.ts";
import * as rowfn from "../support/every-entry.ts";
import { ELSEWHERE, NO_ROWS } from "../support/no-rows.ts";
import {
  BUILDERS,
  HAS_REF,
  pick,
  RUNNERS,
  SCOPED_TABLES,
  type ScopedCall,
  TABLES,
} from "../support/random-scope-calls.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(SCOPED_TABLES);
const CALLS: Readonly<Record<string, (call: ScopedCall) => unknown>> = {
  ...RUNNERS,
  ...Object.fromEntries(
    Object.entries(BUILDERS).map(([name, build]) => [
      name,
      (call: ScopedCall) => rowfn.run(sql, build(call) as never),
    ]),
  ),
};

// They return no statement of rows: parts of `importRows`, of `streamRows`, and of functions that other tests cover.
const PARTS: readonly string[] = [
  ...["absentRowsSql", "asRoleSql", "copySql", "cursorSql", "estimateCountSql", "linkRows", "lockSql"],
  ...["stagedUpsertSql", "importTableSql", "nest", "advanceSequencesSql", "newColumnsSql", "pruneLogSql"],
  ...["watchSql", "unwatchSql", "wakeSql", "unwakeSql"],
];
const OTHERS: readonly string[] = [
  ...[
    "bodyRows",
    "eventStream",
    "keySchema",
    "nextUrl",
    "openApi",
    "problem",
    "querySchema",
    "readBody",
    "respond",
  ],
  ...["rollback", "startPostgres", "testDatabase"],
];

test("every exported function has a random call, or touches no rows", () => {
  const functions = Object.entries(rowfn).filter(
    ([, value]) => typeof value === "function" && !(value.prototype instanceof Error),
  );
  // Those of rowfn/ddl reject every scope (test/rows/scope-of-every-function.test.ts).
  const covered = new Set([
    ...Object.keys(CALLS),
    ...Object.keys(ddl),
    ...NO_ROWS,
    ...ELSEWHERE,
    ...PARTS,
    ...OTHERS,
  ]);
  expect(functions.map(([name]) => name).filter(name => !covered.has(name))).toEqual([]);
});

const rowsOfTenant = (tenant: number): Promise<unknown[][]> =>
  plain(
    TABLES.filter(table => table !== "owner_view" && table !== "child")
      .map(
        table =>
          `select '${table}', id, name, state, ${HAS_REF.has(table) ? "ref" : "null::int"} from ${table} where tenant = ${tenant}`,
      )
      .join(" union all ") + " order by 1, 2, 3",
  );

const CROSSING = [
  ...["plain", "pair", "part"].map(
    table => `select 1 from ${table} t join owner o on o.id = t.ref where o.tenant <> t.tenant`,
  ),
  "select 1 from node t join node o on o.id = t.ref where o.tenant <> t.tenant",
  "select 1 from bridge b join owner o on o.id = owner_id join node n on n.id = node_id where n.tenant <> o.tenant",
].join(" union all ");

test("3,000 random calls read, change, refer to and show no row of the other tenant", async () => {
  const scopes = [1, 2].map(tenant => rowfn.scope(schema, { "*": { tenant } }, { open: ["bridge"] }));
  const done = new Set<string>();
  let refused = 0;
  const before = new Map([1, 2].map(tenant => [tenant, [] as unknown[][]]));
  for (const tenant of [1, 2]) before.set(tenant, await rowsOfTenant(tenant));
  for (let step = 0; step < 3_000; step++) {
    const tenant = pick([1, 2]);
    const [name, call] = [
      pick(Object.keys(CALLS)),
      { sql, mine: scopes[tenant - 1]!, tenant, table: pick(TABLES) },
    ];
    const result = await Promise.try(() => CALLS[name]!(call)).then(
      value => {
        done.add(name);
        return Bun.inspect(value, { depth: 9 });
      },
      (error: rowfn.RowfnError) => {
        refused++;
        expect([name, call.table, error]).toEqual([name, call.table, expect.any(rowfn.RowfnError)]);
        return error.message + JSON.stringify(error.cause) + JSON.stringify(error);
      },
    );
    const place = [step, name, call.table];
    expect([...place, result.includes(`secret ${3 - tenant}`)]).toEqual([...place, false]);
    expect([...place, await rowsOfTenant(3 - tenant)]).toEqual([...place, before.get(3 - tenant)!]);
    before.set(tenant, await rowsOfTenant(tenant));
  }
  expect(Object.keys(CALLS).filter(name => !done.has(name))).toEqual([]);
  expect(refused).toBeGreaterThan(300);
  expect(await plain(CROSSING)).toEqual([]);
}, 180_000);
