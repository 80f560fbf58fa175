// A cached SQL text belongs to one statement, whatever the names of columns and tables.
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  asc,
  desc,
  eq,
  expr,
  gt,
  ne,
  oneOf,
  parseSchema,
  type SchemaSnapshot,
  scope,
  some,
  validateInsert,
} from "../../src/index.ts";
import { quoteIdentifier } from "../../src/schema/quote.ts";
import type { Include } from "../../src/statements/include.ts";
import { includeNodes } from "../../src/statements/include-nodes.ts";
import { nestedSql, placeNodes } from "../../src/statements/include-sql.ts";
import {
  absentRowsSql,
  copySql,
  countSql,
  deleteManySql,
  deleteRowSql,
  deleteWhereSql,
  estimateCountSql,
  existsSql,
  getManySql,
  getSql,
  groupBySql,
  insertManySql,
  insertSql,
  pageSql,
  rowsWhereSql,
  stagedUpsertSql,
  updateManySql,
  updateSql,
  updateWhereSql,
  upsertManySql,
  upsertSql,
} from "../../src/statements/index.ts";
import { relationPlan } from "../../src/statements/relation-plan.ts";
import { rowStateSql } from "../../src/statements/row-state-sql.ts";
import { testTables } from "../support/test-tables.ts";

// Names that resemble several names, or the content of a shape.
const NAMES = [
  ...["a", "b", 'a"b', 'a"', '"b', 'a","b', "a,b", 'a" DESC'],
  ...['a"-', 'a|0["b"]', "(a b)", "\u0001a&b", "where"],
];
const TABLES = ["t", 't"u', "u"];
const columns = NAMES.map(name => `${quoteIdentifier(name)} int4`).join(", ");
const unique = [["a", "b"], ['a"b'], ["a,b"], ['a"'], ['"b']].map(
  names => `unique (${names.map(quoteIdentifier).join(", ")})`,
);
const foreignKeys = [
  ...[
    ["a", "u"],
    ["a", 't"u'],
    ['a"b', "u"],
    ["b", "u"],
  ],
].map(([from, to]) => `foreign key (${quoteIdentifier(from!)}) references ${quoteIdentifier(to!)} ("id")`);

const { schema: warmSchema } = await testTables(
  TABLES.map(
    name =>
      `create table ${quoteIdentifier(name)} ("id" int4 primary key, ${columns}, ${unique.join(", ")});`,
  ).join("") + foreignKeys.map(key => `alter table "t" add ${key};`).join(""),
);
const stored = JSON.stringify(warmSchema);

const table = fc.constantFrom(...TABLES);
const name = fc.oneof({ weight: 2, arbitrary: fc.constantFrom("a", "b", 'a"b') }, fc.constantFrom(...NAMES));
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });
const row = fc
  .uniqueArray(name, { maxLength: 3 })
  .chain(list =>
    fc.tuple(
      ...list.map(one =>
        fc.tuple(fc.constant(one), fc.oneof(fc.constantFrom(1, 1, 2, null), fc.constant(expr`1`))),
      ),
    ),
  )
  .map(entries => ({ id: 1, ...Object.fromEntries(entries) }));
const where = fc.oneof(
  fc.dictionary(name, fc.constantFrom(1, null, eq(1), eq(null), ne(1), ne(null), gt(1), oneOf([1, 2])), {
    maxKeys: 3,
  }),
  fc.constantFrom(undefined, expr`true`, some("t", { a: 1 })),
);
const term = fc.oneof(
  name,
  name.map(one => asc(one)),
  name.map(one => desc(one)),
  name.map(one => desc(one, { nulls: "last" })),
);
const orderBy = fc.option(fc.array(term, { minLength: 1, maxLength: 3 }), { nil: undefined });
const returning = fc.oneof(fc.constantFrom(undefined, true, false), names);
const upsert = fc.record(
  {
    key: fc.constantFrom(undefined, ["a", "b"], ['a"b'], ["a,b"], ['a"'], ['"b']),
    update: fc.oneof(fc.constantFrom(undefined, "changed", "replace", "nothing"), names),
    where,
    returning,
    inserted: fc.boolean(),
  },
  { requiredKeys: [] },
);
const rules = fc.option(
  fc.dictionary(table, fc.dictionary(name, fc.constantFrom(1, null), { minKeys: 1, maxKeys: 3 }), {
    minKeys: 1,
    maxKeys: 2,
  }),
  { nil: undefined },
);
const include = fc.dictionary(
  fc.constantFrom("x", "y", '{"u":,}'),
  fc
    .record({ select: names, orderBy, where, limit: fc.constantFrom(1, 2) }, { requiredKeys: [] })
    .chain(options =>
      fc.tuple(table, name, name).map(([related, from, to]) => ({
        ...options,
        table: related,
        on: { [from]: to },
      })),
    ),
  { minKeys: 1, maxKeys: 2 },
);

const start = { direction: "after", position: { texts: Array(9).fill("1"), isInclusive: false } } as const;

type Build = (schema: SchemaSnapshot) => unknown;

const builds = fc
  .record({
    table,
    row,
    where,
    select: fc.option(names, { nil: undefined }),
    orderBy,
    returning,
    upsert,
    include,
  })
  .map(({ table, row, where, select, orderBy, returning, upsert, include }): readonly Build[] => {
    const { inserted: _, ...many } = upsert;
    const options = { where, orderBy, ...(select && { select }) } as never;
    const filter = { where, all: true, returning } as never;
    const returned = { returning } as never;
    return [
      schema => insertSql(schema, table, row, returned),
      schema => insertManySql(schema, table, [row], returned),
      schema => updateSql(schema, table, row, returned),
      schema => updateManySql(schema, table, [row] as never, returned),
      schema => updateWhereSql(schema, table, row, filter),
      schema => upsertSql(schema, table, row, upsert as never),
      schema => upsertManySql(schema, table, [row] as never, many as never),
      schema => stagedUpsertSql(schema, table, [row] as never, many as never),
      schema => absentRowsSql(schema, table, Object.keys(row), [row]),
      schema => copySql(schema, table, [row]),
      schema => deleteRowSql(schema, table, 1, returned),
      schema => deleteManySql(schema, table, [1], returned),
      schema => deleteWhereSql(schema, table, filter),
      schema => getSql(schema, table, 1, { select }),
      schema => getManySql(schema, table, [1], { select: select as never }),
      schema => rowStateSql(schema, table, 1, { select: select as never }),
      schema => rowsWhereSql(schema, table, options),
      schema => pageSql(schema, table, { where, orderBy, select, limit: 2 } as never),
      schema => pageSql(schema, table, { where, orderBy, select, limit: 2 } as never, () => start),
      schema => countSql(schema, table, { where } as never),
      schema => existsSql(schema, table, { where } as never),
      schema => estimateCountSql(schema, table, { where } as never),
      schema => groupBySql(schema, table, select ?? [], { where } as never),
      schema => nested(schema, table, include as never),
      schema => validateInsert(schema, table, [row] as never),
    ];
  });

function nested(schema: SchemaSnapshot, table: string, include: Include): unknown {
  const nodes = includeNodes(schema, table, include);
  const root = { plan: relationPlan(schema, table), statement: rowsWhereSql(schema, table), hidden: [] };
  const { text, params } = nestedSql(schema, root, placeNodes(nodes));
  return { text, params };
}

function outcomeOf(build: Build, schema: SchemaSnapshot): unknown {
  try {
    return JSON.stringify(build(schema));
  } catch (error) {
    return (error as Error).message;
  }
}

test("a statement is the same after any other, even if a name resembles several names", () => {
  const scoped = (schema: SchemaSnapshot, given: object | undefined): SchemaSnapshot =>
    given === undefined ? schema : scope(schema, given as never);
  fc.assert(
    fc.property(builds, rules, (all, given) => {
      const fresh = scoped(parseSchema(stored), given);
      const warm = scoped(warmSchema, given);
      for (const build of all) expect(outcomeOf(build, warm)).toEqual(outcomeOf(build, fresh));
    }),
    { numRuns: 400 },
  );
});

const PAIRS: Readonly<Record<string, readonly [Build, Build]>> = {
  "orderBy of one column and of two": [
    schema => rowsWhereSql(schema, "t", { orderBy: ["a", "b"] }),
    schema => rowsWhereSql(schema, "t", { orderBy: 'a"b' }),
  ],
  "a page in the order of one column and of two": [
    schema => pageSql(schema, "t", { orderBy: ["a", "b"], limit: 1 }),
    schema => pageSql(schema, "t", { orderBy: 'a"b', limit: 1 }),
  ],
  "an inserted row with one column and with two": [
    schema => insertSql(schema, "t", { a: 1, b: 2 }),
    schema => insertSql(schema, "t", { 'a"b': 1 }),
  ],
  "an updated row with one column and with two": [
    schema => updateSql(schema, "t", { id: 1, a: 1, b: null }),
    schema => updateSql(schema, "t", { id: 1, 'a"b': null }),
  ],
  "an upserted row with one column and with two": [
    schema => upsertSql(schema, "t", { id: 1, a: 1, b: 2 }),
    schema => upsertSql(schema, "t", { id: 1, 'a"b': 1 }),
  ],
  "a scope of one column and of two": [
    schema => countSql(scope(schema, { t: { a: 1, b: 1 } } as never), "t"),
    schema => countSql(scope(schema, { t: { 'a"b': 1 } } as never), "t"),
  ],
  "a scope of one table and of another, to which the same column refers": [
    schema => insertSql(scope(schema, { u: { b: 1 } } as never), "t", { id: 1, a: 1 }),
    schema => insertSql(scope(schema, { 't"u': { b: 1 } } as never), "t", { id: 1, a: 1 }),
  ],
};

for (const [name, [first, second]] of Object.entries(PAIRS))
  test(`the SQL text of ${name} is not shared`, () => {
    const warm = parseSchema(stored);
    first(warm);
    expect(outcomeOf(second, warm)).toEqual(outcomeOf(second, parseSchema(stored)));
    expect(outcomeOf(first, warm)).toEqual(outcomeOf(first, parseSchema(stored)));
  });
