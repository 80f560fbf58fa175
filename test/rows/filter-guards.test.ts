// An empty filter never matches every row by accident.
import { expect, test } from "bun:test";
import * as v from "valibot";
import * as rowfn from "../support/every-entry.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const {
  and,
  contains,
  containedBy,
  distinctFrom,
  eq,
  every,
  expr,
  isNull,
  ne,
  none,
  noneOf,
  not,
  notNull,
  oneOf,
} = rowfn;
const { or, overlaps, some } = rowfn;

const { database, schema, plain } = await testTables(
  `create table doc (id int primary key, tenant int not null, title text, body text,
     tags text[] not null default '{}', span int4range not null default '[1,5)', spans int4multirange not null default '{[1,5)}',
     note jsonb not null default '{}', maybe text[]);
   create table line (id int primary key, doc_id int references doc);`,
  `truncate doc cascade;
   insert into doc values (1, 1, 'mine', 'precious'), (2, 2, 'theirs', 'secret'); insert into line values (1, 1)`,
);
const { sql } = database;

class Filter {
  id = 9;
}

/** Values that a user may mistake for a filter. */
const NO_FILTERS: readonly [name: string, where: unknown][] = [
  ["a query of Bun's", sql`id = 9`],
  ["a promise", Promise.resolve({ id: 1 })],
  ["a map", new Map([["id", 9]])],
  ["search parameters", new URLSearchParams("id=9")],
  ["a set", new Set()],
  ["an instance of a class", new Filter()],
  ["a class", Filter],
  ["a Date", new Date(0)],
  ["an array", [{ id: 9 }]],
  ["null", null],
  ["true", true],
  ["an empty text", ""],
  ["zero", 0],
  ["a function that returns one", () => ({ id: 9 })],
  ["an object of symbols", { [Symbol("id")]: 9 }],
  ["an object of hidden properties", Object.defineProperty({}, "id", { value: 9 })],
];

type Place = (where: never, onStatement: rowfn.OnStatement) => Promise<unknown>;

/** Every position that accepts a filter. */
const PLACES: Readonly<Record<string, Place>> = {
  rowsWhere: (where, onStatement) => rowfn.rowsWhere(sql, schema, "doc", { where, onStatement }),
  rowsAndCount: (where, onStatement) => rowfn.rowsAndCount(sql, schema, "doc", { where, onStatement }),
  pksAndRowsWhere: (where, onStatement) => rowfn.pksAndRowsWhere(sql, schema, "doc", { where, onStatement }),
  selectOne: (where, onStatement) => rowfn.selectOne(sql, schema, "doc", { where, onStatement }),
  count: (where, onStatement) => rowfn.count(sql, schema, "doc", { where, onStatement }),
  exists: (where, onStatement) => rowfn.exists(sql, schema, "doc", { where, onStatement }),
  page: (where, onStatement) => rowfn.page(sql, schema, "doc", { limit: 9, where, onStatement }),
  streamRows: async (where, onStatement) =>
    Array.fromAsync(rowfn.streamRows(sql, schema, "doc", { where, onStatement })),
  groupBy: (where, onStatement) => rowfn.groupBy(sql, schema, "doc", "tenant", { where, onStatement }),
  analyzeColumn: (where, onStatement) =>
    rowfn.analyzeColumn(sql, schema, "doc", "title", { where, onStatement }),
  include: (where, onStatement) =>
    rowfn.rowsWhere(sql, schema, "doc", { include: { line: { where } }, onStatement }),
  or: (where, onStatement) => rowfn.count(sql, schema, "doc", { where: or({ id: 9 }, where), onStatement }),
  and: (where, onStatement) => rowfn.count(sql, schema, "doc", { where: and<object>(where), onStatement }),
  not: (where, onStatement) => rowfn.count(sql, schema, "doc", { where: not(where) as never, onStatement }),
  some: (where, onStatement) => rowfn.count(sql, schema, "doc", { where: some("line", where), onStatement }),
  updateWhere: (where, onStatement) =>
    rowfn.updateWhere(sql, schema, "doc", { body: "x" }, { where, all: true, onStatement }),
  deleteWhere: (where, onStatement) =>
    rowfn.deleteWhere(sql, schema, "doc", { where, all: true, onStatement }),
  claim: (where, onStatement) =>
    rowfn.claim(sql, schema, "doc", { where, set: { body: "x" }, limit: 9, onStatement }),
  every: (where, onStatement) =>
    rowfn.count(sql, schema, "doc", { where: every("line", where), onStatement }),
  having: (having, onStatement) => rowfn.groupBy(sql, schema, "doc", "tenant", { having, onStatement }),
  "filter of an aggregate": (filter, onStatement) =>
    rowfn.groupBy(sql, schema, "doc", [], { aggregates: { n: { count: "*", filter } }, onStatement }),
  "filter of an included aggregate": (filter, onStatement) =>
    rowfn.rowsWhere(sql, schema, "doc", {
      include: { line: { aggregates: { n: { count: "*", filter } } } },
      onStatement,
    }),
  "where of an upsert": (where, onStatement) =>
    rowfn.upsert(sql, schema, "doc", { id: 1, tenant: 1 }, { where, onStatement }),
  "where of upsertMany": (where, onStatement) =>
    rowfn.upsertMany(sql, schema, "doc", [{ id: 1, tenant: 1 }], { where, onStatement }),
  watch: async where => void rowfn.watch(sql, schema, "doc", { where }),
  exportRows: async (where, onStatement) =>
    new Response(rowfn.exportRows(sql, schema, "doc", { format: "csv", where, onStatement })).text(),
};

for (const [place, use] of Object.entries(PLACES))
  for (const [name, where] of NO_FILTERS)
    test(`${place} rejects ${name} as a filter, and sends nothing`, async () => {
      const { sent, onStatement } = recorder();
      const error = await failure(use(where as never, onStatement));
      expect(error).toBeInstanceOf(rowfn.ArgumentError);
      expect(error.message).toContain("where must be an object { column: value }");
      expect(sent).toEqual([]);
    });

/** A filter from the network. */
const parsedFilter = (input: unknown): never =>
  v.parse(rowfn.filterSchema(schema, "doc", { maxDepth: 3 }), input) as never;
const parsedQuery = (query: string): never =>
  v.parse(rowfn.querySchema(schema, "doc", { filter: ["id"], limit: 5 }), new URLSearchParams(query))
    .where as never;

/** Filters that are always true because of their form. */
const TRUE: readonly [name: string, where: unknown][] = [
  ["{}", {}],
  ["undefined", undefined],
  ["and()", and()],
  ["and({})", and({})],
  ["and({}, and())", and({}, and())],
  ["or({ id: -1 }, {})", or({ id: -1 }, {})],
  ["or({ id: -1 }, and())", or({ id: -1 }, and())],
  ["not(or())", not(or())],
  ["not(and({ id: 1 }, or()))", not(and({ id: 1 }, or()))],
  ["not({ id: 1, title: oneOf([]) })", not({ id: 1, title: oneOf([]) })],
  ["{ id: noneOf([]) }", { id: noneOf([]) }],
  ["not(not({}))", not(not({}))],
  ["or(not(or()))", or(not(or()))],
  ["not(or({ id: oneOf([]) }, not({})))", not(or({ id: oneOf([]) }, not({})))],
  ["{ id: or(1, noneOf([])) }", { id: or(eq(1), noneOf([])) }],
  ["an object without a prototype", Object.create(null)],
  ["{ id: not(oneOf([])) }", { id: not(oneOf([])) }],
  [
    "{ id: and(noneOf([]), noneOf([])), title: noneOf([]) }",
    { id: and(noneOf([]), noneOf([])), title: noneOf([]) },
  ],
  ['every("line", {})', every("line", {})],
  ['none("line", or())', none("line", or())],
  ['none("line", { id: oneOf([]) })', none("line", { id: oneOf([]) })],
  ['not(some("line", not({})))', not(some("line", not({})))],
  ['every("line", none("doc", or()))', every("line", none("doc", or()))],
  [
    "two parsed filters that were empty",
    and(parsedFilter({}), parsedFilter({ and: [{}, { not: { or: [] } }] })),
  ],
  ["a parsed filter with an empty part", or({ id: -1 }, parsedFilter({ id: { noneOf: [] } }))],
  ["a parsed query without parameters", and({}, parsedQuery("limit=5"))],
];

for (const [name, where] of TRUE) {
  test(`${name} matches every row, so writes require all: true`, async () => {
    const filter = { where } as { where: never };
    expect(await rowfn.count(sql, schema, "doc", filter)).toBe(2);
    const message = "doc: the filter is empty and would affect every row; pass all: true to allow that";
    for (const attempt of [
      rowfn.deleteWhere(sql, schema, "doc", { ...filter, returning: false }),
      rowfn.updateWhere(sql, schema, "doc", { body: "x" }, { ...filter, returning: false }),
      rowfn.deleteWhere(sql, schema, "doc", { ...filter, all: false }),
    ])
      expect((await failure(attempt)).message).toBe(message);
    const error = await failure(rowfn.deleteWhere(sql, schema, "doc", { ...filter, all: "true" as never }));
    expect(error.message).toBe('deleteWhere: all must be true or false, received "true"');
    expect(await plain("select body from doc order by id")).toEqual([["precious"], ["secret"]]);
    const options = { ...filter, all: true, returning: false } as const;
    expect(await rowfn.updateWhere(sql, schema, "doc", { body: "x" }, options)).toBe(2);
  });
}

/** Filters that are always true because their columns are NOT NULL. */
const TRUE_WITHOUT_NULL: readonly [name: string, where: unknown][] = [
  ["{ id: notNull() }", { id: notNull() }],
  ["{ id: ne(null) }", { id: ne(null) }],
  ["{ id: distinctFrom(null) }", { id: distinctFrom(null) }],
  ["{ id: not(isNull()) }", { id: not(isNull()) }],
  ["not({ tenant: null })", not({ tenant: null })],
  ["not({ id: 1, tenant: null })", not({ id: 1, tenant: null })],
  ["or({ id: -1 }, { tenant: notNull() })", or({ id: -1 }, { tenant: notNull() })],
  ["and({ id: or(eq(1), notNull()) }, {})", and({ id: or(eq(1), notNull()) }, {})],
  ["a parsed isNull: false", parsedFilter({ id: { isNull: false } })],
  ["{ tags: contains([]) }", { tags: contains([]) }],
  ['{ span: contains("empty") }', { span: contains("empty") }],
  ["{ spans: contains([]) }", { spans: contains([]) }],
  ["{ id: notNull(), title: noneOf([]) }", { id: notNull(), title: noneOf([]) }],
  ["not(or({ id: null }, { title: oneOf([]) }))", not(or({ id: null }, { title: oneOf([]) }))],
  ['none("line", { id: null })', none("line", { id: null })],
  ['every("line", { id: notNull() })', every("line", { id: notNull() })],
  ['not(some("line", { id: null }))', not(some("line", { id: null }))],
];

for (const [name, where] of TRUE_WITHOUT_NULL)
  test(`${name} matches every row because of NOT NULL, so writes require all: true`, async () => {
    const filter = { where } as { where: never };
    expect(await rowfn.count(sql, schema, "doc", filter)).toBe(2);
    for (const attempt of [
      rowfn.deleteWhere(sql, schema, "doc", filter),
      rowfn.updateWhere(sql, schema, "doc", { body: "x" }, filter),
    ])
      expect((await failure(attempt)).message).toBe(
        "doc: the filter is true for each row and would affect every row; pass all: true to allow that",
      );
    expect(await plain("select body from doc order by id")).toEqual([["precious"], ["secret"]]);
    expect(await rowfn.updateWhere(sql, schema, "doc", { body: "x" }, { ...filter, all: true })).toBe(2);
  });

/** Filters that depend on the row, each with the number of matching rows. */
const DEPENDENT: readonly [name: string, where: unknown, count: number][] = [
  ["{ title: notNull() }", { title: notNull() }, 2],
  ["{ maybe: contains([]) }", { maybe: contains([]) }, 0],
  ["{ note: contains([]) }", { note: contains([]) }, 0],
  ["{ note: contains({}) }", { note: contains({}) }, 2],
  ["{ tags: contains(['']) }", { tags: contains([""]) }, 0],
  ["{ id: isNull() }", { id: isNull() }, 0],
  ["{ id: ne(5) }", { id: ne(5) }, 2],
  ["{ id: distinctFrom(1) }", { id: distinctFrom(1) }, 1],
  ["{ tags: overlaps([]) }", { tags: overlaps([]) }, 0],
  ["{ tags: containedBy([]) }", { tags: containedBy([]) }, 2],
  ["and({ id: notNull() }, { id: ne(5) })", and({ id: notNull() }, { id: ne(5) }), 2],
  ["{ id: and(notNull(), eq(1)) }", { id: and(notNull(), eq(1)) }, 1],
  ["not({ id: 1 })", not({ id: 1 }), 1],
  ["{ id: not(1) }", { id: not(eq(1)) }, 1],
  ["not(and({}, { id: 1 }))", not(and({}, { id: 1 })), 1],
  ["or({ id: 1 }, { id: 2 })", or({ id: 1 }, { id: 2 }), 2],
  ["expr", expr`true`, 2],
  ['some("line")', some("line"), 1],
  ['none("line", { n: 5 })', none("line", { doc_id: 5 }), 2],
  ['every("line", { doc_id: 5 })', every("line", { doc_id: 5 }), 1],
];

for (const [name, where, count] of DEPENDENT)
  test(`${name} depends on the row, and matches ${count}`, async () => {
    const filter = { where } as { where: never };
    expect(await rowfn.updateWhere(sql, schema, "doc", { body: "x" }, filter)).toBe(count);
    expect(await rowfn.count(sql, schema, "doc", filter)).toBe(count);
  });

const FALSE: readonly [name: string, where: unknown][] = [
  ["or()", or()],
  ["{ id: oneOf([]) }", { id: oneOf([]) }],
  ["not({})", not({})],
  ["and({ id: 1 }, or())", and({ id: 1 }, or())],
  ["not(every of all)", not(every("line", {}))],
  ['some("line", or())', some("line", or())],
  ['some("line", { id: oneOf([]) })', some("line", { id: oneOf([]) })],
  ['not(none("line", not({})))', not(none("line", not({})))],
  ['some("line", some("doc", or()))', some("line", some("doc", or()))],
];

for (const [name, where] of FALSE)
  test(`${name} matches no row`, async () => {
    expect(await rowfn.deleteWhere(sql, schema, "doc", { where: where as never, returning: false })).toBe(0);
    expect(await rowfn.count(sql, schema, "doc", { where: where as never })).toBe(0);
  });
