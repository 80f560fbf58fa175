// URL filters on columns that contain several values: arrays, ranges and multiranges, and NULL inside JSON.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { querySchema } from "../../src/http/index.ts";
import { rowsWhere } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table item (id int primary key, tags int[], span int4range, spans int4multirange, doc jsonb, plain json, m json[], tx xid, ls line[], note text);
   insert into item values (1, '{1,2}', '[1,5)', '{[1,5),[7,9)}', '{"a": 1}', '1', null, '7', null, 'x'),
     (2, '{2}', '[5,9)', '{[5,7)}', '{"a": null}', '2', null, '8', null, null), (3, null, null, null, null, null, null, null, null, null)`,
);
const read = (query: string) =>
  v.safeParse(
    querySchema(schema, "item", { filter: ["id", "tags", "span", "spans", "doc"] }),
    new URLSearchParams(query),
  );

test.each<[string, readonly number[]]>([
  ["doc->a[is]=notnull", [1]],
  ["doc->a[is]=null", [2, 3]],
  ["doc[is]=notnull", [1, 2]],
  ["tags[contains]=1,2", [1]],
  ["tags[overlaps]=1,9", [1]],
  ["tags[containedBy]=2,3", [2]],
  ["span[contains]=4", [1]],
  ["span[contains]=[2,4)", [1]],
  ["span[overlaps]=[4,6)", [1, 2]],
  ["spans[contains]=8", [1]],
  ["spans[contains]=[7,8)", [1]],
  ["spans[overlaps]=[8,12)", [1]],
  ["spans[contains]={[1,2),[7,8)}", [1]],
  ["spans[containedBy]=[0,10)", [1, 2]],
  ["spans[contains]={[1,2),[8,9)}", [1]],
  ["spans[overlaps]={[8,12),[20,30)}", [1]],
  ["spans[containedBy]={[5,7),[20,30)}", [2]],
])("%s finds the rows %p", async (query, ids) => {
  const { where } = v.parse(v.any(), read(query).output) as { where: never };
  expect((await rowsWhere(sql, schema, "item", { where, orderBy: "id" })).map(({ id }) => id)).toEqual([
    ...ids,
  ]);
});

test.each([
  ["tags[contains]=1,x", 'received "x"'],
  ["span[contains]=x", "received"],
  ["span[contains]=[5,1)", "received"],
  ["spans[contains]=x", "received"],
])("%s is an issue", (query, message) => {
  const [issue] = read(query).issues!;
  expect(v.getDotPath(issue)).toBe(query.split("=")[0]!);
  expect(issue.message).toContain(message);
});

test.each([
  ["note[like]=a%25\\", "a pattern that does not end with its escape character"],
  ["note[ilike]=\\", "a pattern that does not end with its escape character"],
  ["note[like]=a\\\\", undefined],
  ["doc->a[like]=x\\", "a pattern that does not end with its escape character"],
  ["note[matches]=(a", "a regular expression with balanced parentheses"],
  ["note[matches]=(a)", undefined],
] as const)("the pattern of %s has the problem %p, whatever rows there are", (query, problem) => {
  const filter = { note: ["like", "ilike", "matches"], doc: true } as const;
  const { issues = [] } = v.safeParse(querySchema(schema, "item", { filter }), new URLSearchParams(query));
  expect(issues.map(issue => [v.getDotPath(issue), issue.expected ?? null])).toEqual(
    problem === undefined ? [] : [[query.split("=")[0]!, problem]],
  );
});

test.each(["m", "ls"])("%s is an array without equality, and has no containment operators", name => {
  const type = { m: "json[]", ls: "line[]" }[name];
  for (const operator of ["contains", "overlaps", "containedBy"])
    expect(() => querySchema(schema, "item", { filter: { [name]: [operator as never] } })).toThrow(
      `item.${name}: type ${type} has no operator "${operator}" in a URL`,
    );
});

test("a type without an order can be compared by a URL, but has no order in it", () => {
  expect(() => querySchema(schema, "item", { sort: ["tx"] })).toThrow("item.tx: type xid cannot be sorted");
  const [issue] = v.safeParse(
    querySchema(schema, "item", { filter: ["tx"] }),
    new URLSearchParams("tx[lt]=8"),
  ).issues!;
  expect(issue.message).toBe(
    "Expected one of the operators eq, ne, distinctFrom, in, notIn, is, received lt",
  );
});

test("all parameters together have at most maxConditions conditions, and repeated values are one", () => {
  const issueOf = (query: string, options = {}): string | undefined =>
    v.safeParse(
      querySchema(schema, "item", { filter: ["id", "note", "doc"], ...options }),
      new URLSearchParams(query),
    ).issues?.[0].message;
  const paths = (length: number): string => Array.from({ length }, (_, at) => `&doc->k${at}=1`).join("");
  const many = `id=1&id=2&id=3&note[ne]=a${paths(48)}`;
  expect(issueOf(many)).toBeUndefined();
  expect(issueOf(`${many}&note[ne]=b`)).toBe(
    "Expected at most 50 conditions of all parameters, received more",
  );
  expect(issueOf(`note=a${paths(2)}`, { maxConditions: 3 })).toBeUndefined();
  expect(issueOf(`note=a${paths(3)}`, { maxConditions: 3 })).toBe(
    "Expected at most 3 conditions of all parameters, received more",
  );
});

test("the search is none of the conditions that maxConditions counts, wherever it is in the URL", () => {
  const query = querySchema(schema, "item", { filter: ["id"], search: "note", maxConditions: 1 });
  for (const text of ["q=a&id=1", "id=1&q=a"])
    expect(v.safeParse(query, new URLSearchParams(text)).issues).toBeUndefined();
});
