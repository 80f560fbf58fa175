// Random calls of two tenants on tables with plain and composite foreign keys, inheritance, partitions and views. A
// failure begins with its seed for ROWFN_SCOPE_SEED.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as ddl from "../../src/ddl/index.ts";
import * as rowfn from "../support/every-entry.ts";
import { ELSEWHERE, NO_ROWS } from "../support/no-rows.ts";
import { BUILDERS, pick, RUNNERS, type ScopedCall, SEED } from "../support/random-scope-calls.ts";
import { DECLARED, HAS_REF, SCOPED_TABLES, TABLES } from "../support/scoped-tables.ts";
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

// They return no statement for rows: parts of `importRows`, of `streamRows`, and of functions that other tests cover.
const PARTS: readonly string[] = [
  ...["absentRowsSql", "asRoleSql", "copySql", "cursorSql", "estimateCountSql", "linkRows", "lockSql"],
  ...[
    "stagedUpsertSql",
    "truncateSql",
    "importTableSql",
    "nest",
    "advanceSequencesSql",
    "newColumnsSql",
    "pruneLogSql",
  ],
  ...["watchSql", "unwatchSql", "wakeSql", "unwakeSql"],
];
const OTHERS: readonly string[] = [
  ...[
    "bodyRows",
    "eventStream",
    "ifMatch",
    "keySchema",
    "nextUrl",
    "openApi",
    "problem",
    "querySchema",
    "readBody",
    "respond",
    "sessionOf",
  ],
  ...["rollback", "startPostgres", "testDatabase"],
];

test("every exported function has a random call or accesses no rows", () => {
  const functions = Object.entries(rowfn).filter(
    ([, value]) => typeof value === "function" && !(value.prototype instanceof Error),
  );
  // Functions of rowfn/ddl reject every scope (test/rows/scope-of-every-function.test.ts).
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

const CROSSING = [
  ...["plain", "pair", "part", "loose"].map(
    table =>
      `select '${table}', t.id, t.ref from ${table} t join owner o on o.id = t.ref where o.tenant <> t.tenant`,
  ),
  "select 'node', t.id, t.ref from node t join node o on o.id = t.ref where o.tenant <> t.tenant",
  "select 'bridge', owner_id, node_id from bridge b join owner o on o.id = owner_id join node n on n.id = node_id where n.tenant <> o.tenant",
].join(" union all ");

const EVERY_ROW = TABLES.filter(table => !["owner_view", "loose_view", "child"].includes(table)).map(
  table =>
    `select tenant, '${table}', id, name, state, ${HAS_REF.has(table) ? "ref" : "null::int"} from ${table} where tenant in (1, 2)`,
);
const CONTENTS = `${EVERY_ROW.join(" union all ")} union all
  select 0, kind, id, null, null, ref from (${CROSSING}) c(kind, id, ref) order by 1, 2, 3, 4, 5, 6`;

/** The rows of the two tenants, after the references from one to the other. */
async function contents(): Promise<readonly (readonly unknown[][])[]> {
  const rows = await plain(CONTENTS);
  return [0, 1, 2].map(tenant => rows.filter(([of]) => of === tenant));
}

const COUNT = Number(process.env["ROWFN_SCOPE_CALLS"] ?? 1_000);
setDefaultTimeout(180_000 + COUNT * 50);

test("random calls read, change, refer to and show no row of the other tenant", async () => {
  const ofTenant = <Schema extends rowfn.SchemaSnapshot>(one: Schema, tenant: number): rowfn.SchemaSnapshot =>
    rowfn.scope(one as rowfn.SchemaSnapshot, { "*": { tenant } }, { open: ["bridge"] });
  const declareKeys = (one: rowfn.SchemaSnapshot) =>
    rowfn.declare(one, DECLARED as never) as rowfn.SchemaSnapshot;
  // The order of scope and declare does not matter.
  const scopes = [1, 2].map(tenant => [
    ofTenant(declareKeys(schema), tenant),
    declareKeys(ofTenant(schema, tenant)),
  ]);
  const handles = [
    sql,
    rowfn.replicas(sql, []),
    rowfn.traced(sql, () => {}),
    rowfn.withDefaults(sql, { timeout: 60_000 }),
  ] as (typeof sql)[];
  const done = new Set<string>();
  let rejected = 0;
  let before = await contents();
  const callOnce = async (name: string): Promise<void> => {
    const tenant = pick([1, 2]);
    const call = { sql: pick(handles), mine: pick(scopes[tenant - 1]!), tenant, table: pick(TABLES) };
    const place = [SEED, name, call.table];
    const result = await Promise.try(() => CALLS[name]!(call)).then(
      value => {
        done.add(name);
        return Bun.inspect(value, { depth: 9 });
      },
      (error: rowfn.RowfnError) => {
        rejected++;
        expect([...place, error]).toEqual([...place, expect.any(rowfn.RowfnError)]);
        return error.message + JSON.stringify(error.cause) + JSON.stringify(error);
      },
    );
    expect([...place, result.includes(`secret ${3 - tenant}`)]).toEqual([...place, false]);
    const after = await contents();
    expect([...place, after[3 - tenant]]).toEqual([...place, before[3 - tenant]]);
    expect([...place, after[0]]).toEqual([...place, []]);
    before = after;
  };
  const names = Object.keys(CALLS);
  for (let step = 0; step < COUNT; step++) await callOnce(pick(names));
  // Every function also succeeded, except `truncate`, which is always rejected.
  const missing = (): string[] => names.filter(name => !done.has(name) && name !== "truncate");
  for (let step = 0; step < 2_000 && missing().length > 0; step++) await callOnce(pick(missing()));
  expect([SEED, missing()]).toEqual([SEED, []]);
  expect(done.has("truncate")).toBe(false);
  expect(rejected).toBeGreaterThan(COUNT / 7);
});
