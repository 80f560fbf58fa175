// The rules of `scope`, and of a stored scope.
import { expect, test } from "bun:test";
import {
  ArgumentError,
  count,
  deleteMany,
  deleteRow,
  deleteWhere,
  expr,
  insert,
  oneOf,
  parseSchema,
  rowsWhere,
  ScopeError,
  SnapshotError,
  scope,
  UnknownNameError,
  unscoped,
  update,
  updateMany,
  updateWhere,
  ValueError,
} from "../../src/index.ts";
import { claim } from "../../src/queues/index.ts";
import { truncateSql } from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(
  `create table doc (id int primary key, tenant int not null, body text);
   create table child () inherits (doc);
   create table country (code text primary key);
   create view bodies as select tenant, body from doc;
   create view codes as select code from country;
   create table asset (id int primary key, tenant int, name text);
   create table video () inherits (asset);`,
  `truncate doc, asset;
   insert into doc values (1, 1, 'precious'), (2, 2, 'secret');
   insert into asset values (1, 2, 'theirs'); insert into video values (1, 1, 'mine')`,
);
const { sql } = database;

class Rule {
  tenant = 1;
}

const REJECTED: readonly [name: string, rules: unknown, message: string][] = [
  ["no rules", undefined, "scope: rules must be an object { table: rule }, received undefined"],
  ["null", null, "scope: rules must be an object { table: rule }, received null"],
  ["empty rules", {}, "scope: rules are empty; name at least one table"],
  ["rules that were all filtered out", Object.fromEntries([]), "scope: rules are empty"],
  ["rules without a prototype and without a table", Object.create(null), "scope: rules are empty"],
  ["a map of tables", new Map([["doc", { tenant: 1 }]]), "received a value of class Map"],
  ["a promise", Promise.resolve({ doc: { tenant: 1 } }), "received a value of class Promise"],
  [
    "a missing rule",
    { doc: undefined },
    "scope: doc must be an object { column: value }, received undefined",
  ],
  ["a null rule", { doc: null }, "scope: doc must be an object { column: value }, received null"],
  [
    "a rule that is a map",
    { doc: new Map([["tenant", 1]]) },
    "scope: doc must be an object { column: value }",
  ],
  ["a rule that is an instance", { doc: new Rule() }, "received a value of class Rule"],
  ["a rule that is an array", { doc: ["tenant", 1] }, "received an array of length 2"],
  ["an empty rule", { doc: {} }, "scope: the rule of doc is empty; name at least one column"],
  ["an undefined value", { doc: { tenant: undefined } }, "requires a value or null, received undefined"],
  [
    "a rule of hidden columns",
    { doc: Object.defineProperty({}, "tenant", { value: 1 }) },
    "scope: doc must be an object { column: value }",
  ],
  ["a rule of inherited columns", { doc: Object.create({ tenant: 1 }) }, "scope: doc must be an object"],
  ["a rule of symbols", { doc: { [Symbol("tenant")]: 1 } }, "scope: doc must be an object { column: value }"],
  [
    "hidden rules",
    Object.defineProperty({}, "doc", { value: { tenant: 1 } }),
    "scope: rules must be an object { table: rule }",
  ],
  ["rules of symbols", { [Symbol("doc")]: { tenant: 1 } }, "scope: rules must be an object { table: rule }"],
  ["inherited rules", Object.create({ doc: { tenant: 1 } }), "scope: rules must be an object"],
  ["a function that returns rules", () => ({ doc: { tenant: 1 } }), "received a function"],
  ["a list of values", { doc: { tenant: [1] } }, "scope: doc.tenant: expected an integer"],
  ["a promise of a value", { doc: { tenant: Promise.resolve(1) } }, "received a value of class Promise"],
  ["an operator", { doc: { tenant: oneOf([1, 2]) } }, "received an operator"],
  ["raw SQL as a value", { doc: { tenant: expr`tenant` } }, "received raw SQL"],
  ["an unknown table", { docs: { tenant: 1 } }, 'table or view "docs" does not exist; did you mean "doc"?'],
  ["an unknown column", { doc: { tenat: 1 } }, 'doc has no column "tenat"; did you mean "tenant"?'],
  [
    "an unknown column of every table",
    { "*": { tenat: 1 } },
    'no table has a column "tenat"; did you mean "tenant"?',
  ],
  ["an empty rule of every table", { "*": {} }, "scope: the rule of * is empty"],
  ["a missing rule of every table", { "*": null }, "scope: * must be an object"],
];

function thrownError(attempt: () => unknown): Error {
  try {
    attempt();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was accepted");
}

for (const [name, rules, message] of REJECTED)
  test(`scope rejects ${name}`, () => {
    const error = thrownError(() => scope(schema, rules as never));
    expect(error.message).toContain(message);
    expect([ArgumentError.name, UnknownNameError.name, ValueError.name]).toContain(error.name);
  });

test("a rule for every table restricts all tables and views with the column", async () => {
  const mine = scope(schema, { "*": { tenant: 1 } }, { open: ["country", "codes"] });
  expect(await count(sql, mine, "doc")).toBe(1);
  expect(await rowsWhere(sql, mine, "bodies")).toEqual([{ tenant: 1, body: "precious" }]);
  expect(Object.keys(mine.scope)).toEqual(["asset", "bodies", "child", "doc", "video"]);
  expect(await count(sql, unscoped(mine), "doc")).toBe(2);
});

test.each(["constructor", "toString", "__proto__"])(
  "a table of the name %s without a rule is rejected",
  name => {
    const country = schema.relations.find(relation => relation.key === "country")!;
    const renamed = {
      ...schema,
      relations: [...schema.relations, { ...country, name, key: name }],
    };
    expect(() => scope(renamed, { "*": { tenant: 1 } }, { open: ["country", "codes"] })).toThrow(
      `scope: ${name} would be unrestricted; add a rule, or list the name in open`,
    );
  },
);

test("a table without a rule is rejected, unless it is open", () => {
  expect(() => scope(schema, { "*": { tenant: 1 } })).toThrow(
    new ArgumentError("scope: codes, country would be unrestricted; add a rule, or list the name in open"),
  );
  const named = scope(schema, { "*": { tenant: 1 }, country: { code: "FI" } }, { open: ["codes"] });
  expect(named.scope["country"]).toEqual({ code: "FI" });
  expect(() => scope(schema, { doc: { tenant: 1 } }, { open: [] })).toThrow("asset, bodies, child, codes");
  const again = scope(named, { "*": { tenant: 1 } }, { open: ["codes"] });
  expect(again.scope).toEqual(named.scope);
});

test("open lists tables of the snapshot that have no rule", () => {
  const all = schema.relations.map(({ key }) => key);
  expect(() => scope(schema, {} as never, { open: all as never })).toThrow("scope: rules are empty");
  const rules = { "*": { tenant: 1 } };
  expect(() => scope(schema, rules, { open: ["contry"] })).toThrow(UnknownNameError);
  expect(() => scope(schema, rules, { open: "country" as never })).toThrow(
    'scope: open must be an array of table names, received "country"',
  );
  const both = { ...rules, country: { code: "FI" } };
  expect(() => scope(schema, both, { open: ["country", "codes"] })).toThrow(
    "scope: country has a rule and is listed in open; remove one of them",
  );
});

test("a table that is open stays open although it has the column", async () => {
  const mine = scope(schema, { "*": { tenant: 1 } }, { open: ["country", "codes", "bodies"] });
  expect(await count(sql, mine, "bodies")).toBe(2);
});

test("a stored scope with an unknown table or column, or without a column, is rejected as damaged", () => {
  for (const damage of [{ "public.doc": { tenant: "1" } }, { doc: { tenat: "1" } }, { doc: {} }]) {
    const stored = JSON.stringify({ ...schema, scope: damage });
    expect(() => parseSchema(stored)).toThrow(SnapshotError);
    expect(() => parseSchema(stored)).toThrow(`the scope has a rule for ${Object.keys(damage)[0]}`);
  }
  for (const damage of [null, [], "doc", { doc: null }, { doc: ["tenant"] }, { doc: { tenant: 1 } }])
    expect(() => parseSchema(JSON.stringify({ ...schema, scope: damage }))).toThrow(
      "damaged at snapshot.scope",
    );
  const { scope: _missing, ...without } = schema;
  expect(() => parseSchema(JSON.stringify(without))).toThrow("damaged at snapshot.scope");
  const stored = JSON.stringify(scope(schema, { doc: { tenant: 1 } }));
  expect(parseSchema(stored).scope).toEqual({ doc: { tenant: "1" } });
});

test("claim marks only rows inside the scope, and no more than its limit, under inheritance", async () => {
  const mine = scope(schema, { asset: { tenant: 1 } });
  const claimed = await claim(sql, mine, "asset", { limit: 5, set: { name: "claimed" } });
  expect(claimed).toEqual([{ id: 1, tenant: 1, name: "claimed" }]);
  expect(await plain("select tenant, name from asset order by tenant")).toEqual([
    [1, "claimed"],
    [2, "theirs"],
  ]);
  expect(await claim(sql, schema, "asset", { limit: 1, set: { name: "again" } })).toHaveLength(1);
  expect(await plain("select count(*)::int from asset where name = 'again'")).toEqual([[1]]);
});

const mine = scope(schema, { asset: { tenant: 1 } });
const set = { id: 1, name: "new" };
const where = { id: 1 };

/** Writes by a key that a child table has too, each with the rows afterwards. */
const BY_KEY: readonly [name: string, write: () => Promise<unknown>, rows: unknown[][]][] = [
  ...(
    [
      ["update", () => update(sql, mine, "asset", set)],
      ["updateMany", () => updateMany(sql, mine, "asset", [set])],
      ["updateMany, returning", () => updateMany(sql, mine, "asset", [set], { returning: true })],
      ["updateWhere", () => updateWhere(sql, mine, "asset", { name: "new" }, { where })],
      ["claim of one", () => claim(sql, mine, "asset", { limit: 1, orderBy: "name", set: { name: "new" } })],
    ] as const
  ).map(([name, write]): (typeof BY_KEY)[number] => [
    name,
    write,
    [
      [1, "new"],
      [2, "theirs"],
    ],
  ]),
  ["deleteRow", () => deleteRow(sql, mine, "asset", 1), [[2, "theirs"]]],
  ["deleteMany", () => deleteMany(sql, mine, "asset", [1]), [[2, "theirs"]]],
  ["deleteWhere", () => deleteWhere(sql, mine, "asset", { where }), [[2, "theirs"]]],
];

for (const [name, write, rows] of BY_KEY)
  test(`${name} changes only rows inside the scope, under inheritance`, async () => {
    await write();
    expect(await plain("select tenant, name from asset order by tenant")).toEqual(rows);
  });

test("truncate is rejected for a table with a rule and for its parent", async () => {
  const mine = scope(schema, { video: { tenant: 1 } });
  for (const table of ["video", "asset"])
    expect(() => truncateSql(mine, table)).toThrow("truncate would delete rows outside the snapshot's scope");
  expect(() => truncateSql(scope(schema, { asset: { tenant: 1 } }), "video")).toThrow(ScopeError);
  expect(truncateSql(mine, "doc").text).toBe(`TRUNCATE "public"."doc"`);
});

test("an insert through a snapshot with a rule for every table gets the value of the scope", async () => {
  const mine = scope(schema, { "*": { tenant: 7 } }, { open: ["country", "codes"] });
  expect(await insert(sql, mine, "doc", { id: 9 })).toEqual({ id: 9, tenant: 7, body: null });
});
