// Operators on types whose equality is not `=` or whose content is not an element, compared with the same condition in
// SQL.
import { describe, expect, test } from "bun:test";
import {
  ArgumentError,
  containedBy,
  contains,
  count,
  distinctFrom,
  eq,
  expr,
  hasKey,
  like,
  ne,
  noneOf,
  oneOf,
  overlaps,
  rowsWhere,
  type Where,
} from "../../src/index.ts";
import { countSql, groupBySql } from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table item (id int primary key, p point, b box, c circle, g polygon, r int4range, m int4multirange, a int[], j jsonb,
     l path, js json, t text, ps point[], money money, ln line);
   insert into item values
     (1, '(1,2)', '(2,2),(1,1)', '<(1,2),3>', '((0,0),(1,1),(1,0))', '[1,5)', '{[1,5),[7,9)}', '{1,2}', '{"a": 1}', '[(1,2)]',
      '{}', 'a', '{"(1,2)"}', 1.5, '{1,2,3}'),
     (2, '(1,3)', '(3,3),(2,2)', '<(1,2),4>', '((0,0),(2,2),(2,0))', '[5,9)', '{[5,7)}', '{2,3}', '{"b": 1}', '((1,2))', '[]',
      'b', '{}', 2.5, '{1,0,0}'),
     (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
     (4, '(1,2)', '(2,2),(1,1)', '<(1,2),3>', '((0,0),(1,1),(1,0))', 'empty', '{}', '{}', '[]', '[(1,2)]', '1', '', null, 1.5, null)`,
);

const P = { x: 1, y: 2 };
const Q = { x: 1, y: 3 };
const B = { high: { x: 2, y: 2 }, low: { x: 1, y: 1 } };
const D = { high: { x: 3, y: 3 }, low: { x: 2, y: 2 } };
const C = { center: P, radius: 3 };
const R = { lower: 1, upper: 3, bounds: "[)" };

/** A filter, and the same condition in SQL. */
const CASES: readonly [where: object, sql: string][] = [
  [{ p: P }, "p ~= '(1,2)'"],
  [{ p: ne(P) }, "not p ~= '(1,2)'"],
  [{ p: distinctFrom(P) }, "(p ~= '(1,2)') is not true"],
  [{ p: distinctFrom(null) }, "p is not null"],
  [{ p: ne(null) }, "p is not null"],
  [{ p: eq(null) }, "p is null"],
  [{ p: oneOf([P, Q]) }, "p ~= '(1,2)' or p ~= '(1,3)'"],
  [{ p: oneOf([Q, null]) }, "p ~= '(1,3)' or p is null"],
  [{ p: oneOf([null]) }, "p is null"],
  [{ p: oneOf([]) }, "false"],
  [{ p: noneOf([P]) }, "not p ~= '(1,2)'"],
  [{ p: noneOf([P, null]) }, "not p ~= '(1,2)' and p is not null"],
  [{ p: noneOf([]) }, "true"],
  [{ b: B }, "b ~= '(2,2),(1,1)'"],
  [{ b: oneOf([B, D]) }, "b ~= '(2,2),(1,1)' or b ~= '(3,3),(2,2)'"],
  [{ b: noneOf([D]) }, "not b ~= '(3,3),(2,2)'"],
  [{ c: C }, "c ~= '<(1,2),3>'"],
  [{ c: noneOf([C]) }, "not c ~= '<(1,2),3>'"],
  // `<>` compares the areas of circles.
  [{ c: ne({ center: Q, radius: 3 }) }, "not c ~= '<(1,3),3>'"],
  [{ c: distinctFrom({ center: Q, radius: 3 }) }, "(c ~= '<(1,3),3>') is not true"],
  // There is no `<>` for lines.
  [{ ln: ne({ a: 1, b: 2, c: 3 }) }, "not ln = '{1,2,3}'"],
  [{ ln: noneOf([{ a: 1, b: 2, c: 3 }]) }, "not ln = '{1,2,3}'"],
  [{ money: oneOf(["1.5", "7"]) }, "money = 1.5::money"],
  [{ money: noneOf(["1.5"]) }, "money <> 1.5::money"],
  [{ a: oneOf([[1, 2], []]) }, "a = '{1,2}' or a = '{}'"],
  [{ a: noneOf([[1, 2]]) }, "a <> '{1,2}'"],
  [{ a: contains([2]) }, "a @> '{2}'"],
  [{ a: containedBy([1, 2, 5]) }, "a <@ '{1,2,5}'"],
  [{ a: overlaps([3, 4]) }, "a && '{3,4}'"],
  [{ r: contains(3) }, "r @> 3"],
  [{ r: contains(R) }, "r @> '[1,3)'::int4range"],
  [{ r: containedBy({ lower: 0, upper: 6, bounds: "[)" }) }, "r <@ '[0,6)'::int4range"],
  [{ r: overlaps(R) }, "r && '[1,3)'::int4range"],
  [{ m: contains(8) }, "m @> 8"],
  [{ m: contains(R) }, "m @> '[1,3)'::int4range"],
  [{ m: contains([R, { lower: 7, upper: 8, bounds: "[)" }]) }, "m @> '{[1,3),[7,8)}'::int4multirange"],
  [{ m: contains("{[1,3),[7,8)}") }, "m @> '{[1,3),[7,8)}'::int4multirange"],
  [{ m: containedBy("{[0,9)}") }, "m <@ '{[0,9)}'::int4multirange"],
  [{ m: overlaps("{}") }, "m && '{}'::int4multirange"],
  [{ m: overlaps(R) }, "m && '[1,3)'::int4range"],
  [{ m: overlaps([R]) }, "m && '{[1,3)}'::int4multirange"],
  [{ m: contains("{[1,3),[7,8)}") }, "m @> '{[1,3),[7,8)}'::int4multirange"],
  [{ m: containedBy([{ lower: 0, upper: 9, bounds: "[)" }]) }, "m <@ '{[0,9)}'::int4multirange"],
  [{ j: contains({ a: 1 }) }, `j @> '{"a": 1}'`],
  [{ j: containedBy({ a: 1, b: 1 }) }, `j <@ '{"a": 1, "b": 1}'`],
  [{ j: hasKey("b") }, "j ? 'b'"],
  [{ t: like("_") }, "t like '_'"],
];

for (const [where, condition] of CASES)
  test(`the rows where ${condition}`, async () => {
    const expected = await plain(`select id from item where ${condition} order by id`);
    const rows = await rowsWhere(sql, schema, "item", {
      where: where as never,
      select: ["id"],
      orderBy: "id",
    });
    expect(rows.map(({ id }) => [id])).toEqual(expected);
    expect(await count(sql, schema, "item", { where: where as never })).toBe(expected.length);
  });

describe("a filter that the type does not support", () => {
  const REJECTED: readonly [where: object, message: string][] = [
    [
      { l: eq({ closed: true, points: [P] }) },
      "item.l: type path has no equality operator; use expr with a cast",
    ],
    [{ js: eq({}) }, "item.js: type json has no equality operator; use expr with a cast"],
    [{ js: oneOf([{}]) }, "item.js: type json has no equality operator"],
    [{ js: noneOf([{}]) }, "item.js: type json has no equality operator"],
    [{ js: distinctFrom({}) }, "item.js: type json has no equality operator"],
    [{ ps: contains([P]) }, "item.ps: type point[] has no equality operator"],
    [
      { j: overlaps({}) },
      "item.j: overlaps requires a column of type array or range; this column has type jsonb",
    ],
    [
      { t: contains("a") },
      "item.t: contains requires a column of type array, range or jsonb; this column has type text",
    ],
    [
      { t: overlaps("a") },
      "item.t: overlaps requires a column of type array or range; this column has type text",
    ],
    [{ j: like("a") }, "item.j: like requires a column of type text; this column has type jsonb"],
    [{ a: like("a") }, "item.a: like requires a column of type text; this column has type integer[]"],
    [{ js: hasKey("a") }, "item.js: hasKey requires a column of type jsonb; this column has type json"],
    [{ j: hasKey(5 as never) }, "item.j: hasKey requires a string, received 5"],
  ];
  test.each(REJECTED)("%p is rejected", (where, message) => {
    const attempt = (): unknown => countSql(schema, "item", { where: where as Where });
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(message);
  });
});

describe("an aggregate", () => {
  const PARTS = '"count" or one of';
  const REJECTED: readonly [aggregate: unknown, message: string][] = [
    [null, PARTS],
    [undefined, PARTS],
    ["sum", PARTS],
    [5, PARTS],
    [{}, PARTS],
    [{ filter: { id: 1 } }, PARTS],
    [{ sum: "id", max: "id" }, PARTS],
    [{ median: "id" }, PARTS],
    [{ sum: 5 }, PARTS],
    [{ sum: "idd" }, 'did you mean "id"?'],
    [{ sum: "*" }, 'item has no column "*"'],
    [{ sum: "id", filter: {} }, "aggregate n: filter is empty; leave it out to aggregate all rows"],
  ];
  test.each(REJECTED)("%p is rejected", (aggregate, message) => {
    const attempt = (): unknown =>
      groupBySql(schema, "item", [] as never, { aggregates: { n: aggregate } } as never);
    expect(attempt).toThrow(message);
  });

  test.each([
    [{ count: "*" }, "count(*)"],
    ["count", "count(*)"],
    [{ count: "t" }, 'count("t")'],
    [{ countDistinct: "t" }, 'count(DISTINCT "t")'],
    [{ max: "id", filter: { t: "a" } }, 'max("id") FILTER (WHERE "t" = $1::text)'],
    [{ count: "*", filter: expr`id > ${1}` }, "count(*) FILTER (WHERE (id > $1))"],
  ])("%p is %s", (aggregate, text) => {
    const { text: statement } = groupBySql(
      schema,
      "item",
      [] as never,
      { aggregates: { n: aggregate } } as never,
    );
    expect(statement).toContain(text);
  });
});
