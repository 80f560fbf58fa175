import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  and,
  excluded,
  expr,
  gt,
  loadSchema,
  old,
  type SchemaSnapshot,
  scope,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { foreignTables } from "../support/foreign-tables.ts";

const { database, schema: foreign } = await foreignTables();
await database.sql.unsafe(`
  create schema local;
  create table local.person (like remote.person including all);
  alter table local.person alter column visits set default 1`);
const local = await loadSchema(database.sql, { schemas: ["local"] });

const row = fc.record(
  {
    id: fc.integer({ min: 1, max: 6 }),
    name: fc.constantFrom("a", "b", "c"),
    email: fc.constantFrom("x", "y", null),
    visits: fc.option(fc.integer({ min: 0, max: 9 })),
  },
  { requiredKeys: ["id", "name"] },
);

const UPDATES = [
  undefined,
  "changed",
  "replace",
  "nothing",
  ["name"],
  { visits: expr`coalesce(${old("visits")}, 0) + coalesce(${excluded("visits")}, 10)` },
] as const;

const CONDITIONS = [
  undefined,
  { visits: gt(3) },
  expr`${old("name")} < ${excluded("name")}`,
  and({ name: "b" }, expr`${old("id")} > 1`),
] as const;

const call = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 5 }),
  isSingle: fc.boolean(),
  update: fc.constantFrom(...UPDATES),
  where: fc.constantFrom(...CONDITIONS),
  returning: fc.constantFrom(true, false, ["name"], ["visits", "id"]),
  inserted: fc.boolean(),
  tenant: fc.constantFrom(undefined, null, 1),
});

type Call = typeof call extends fc.Arbitrary<infer Value> ? Value : never;

/** The result of a call, or its error without the table names. */
async function outcome(schema: SchemaSnapshot, table: string, given: Call): Promise<unknown> {
  const inside = given.tenant === undefined ? schema : scope(schema, { [table]: { tenant: given.tenant } });
  const { update, returning } = given;
  const where = update === "nothing" ? undefined : given.where;
  const options = { ...(update && { update }), ...(where && { where }), returning } as object;
  try {
    return given.isSingle
      ? await upsert(database.sql, inside, table, given.rows[0]!, { ...options, inserted: given.inserted })
      : await upsertMany(database.sql, inside, table, given.rows, options);
  } catch (error) {
    const { name, sqlstate, row: at } = error as { name: string; sqlstate?: string; row?: number };
    return [name, sqlstate, at];
  }
}

const stored = async (namespace: string): Promise<unknown[]> => [
  ...(await database.sql
    .unsafe(`select id, name, email, visits, tenant from ${namespace}.person order by id`)
    .values()),
];

test("random upserts of a foreign table have the same results as upserts of a regular table", async () => {
  await database.sql.unsafe("insert into local.person select * from remote.person");
  const kinds = new Set<string>();
  for (const given of fc.sample(call, { numRuns: 150, seed: 24 })) {
    const [wanted, found] = [
      await outcome(local, "local.person", given),
      await outcome(foreign, "person", given),
    ];
    expect([given, found]).toEqual([given, wanted]);
    expect([given, await stored("remote")]).toEqual([given, await stored("local")]);
    kinds.add(Array.isArray(wanted) && typeof wanted[0] === "string" ? wanted[0] : "a result");
  }
  expect([...kinds].sort()).toEqual(["ConstraintError", "ScopeError", "a result"]);
});
