import { expect, test } from "bun:test";
import * as v from "valibot";
import { nextUrl, type QuerySchemaOptions, querySchema } from "../../src/http/index.ts";
import { count, page, rowsWhere } from "../../src/index.ts";
import { rowsWhereSql } from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create type status as enum ('draft', 'sent', 'paid');
  create table customer (id int primary key, country text not null, settings jsonb not null default '{}');
  create table invoice (
    id int primary key, number int8 not null unique, status status not null, due_on date, customer_id int references customer,
    tags text[] not null default '{}', span int4range, doc jsonb, data bytea, is_open bool, total numeric(10, 2),
    at timestamptz, note text, words tsvector, "odd.[x]" int, spot point
  );
  create table line (id int primary key, invoice_id int not null references invoice, quantity int not null, price numeric(10, 2) not null)`,
  `truncate customer, invoice, line;
  insert into customer values (1, 'FI', '{"theme": "dark", "size": 5}'), (2, 'SE', '{"theme": "light", "size": "5"}');
  insert into invoice (id, number, status, due_on, customer_id, tags, span, doc, is_open, total, note) values
    (1, 9007199254740993, 'draft', '2026-01-01', 1, '{a,"b,c"}', '[1,5)', '{"theme": "dark", "size": 5, "deep": {"k": ["x"]}}', true, 10.50, 'null'),
    (2, 2, 'sent', '2026-06-01', 2, '{a}', '[5,9)', '{"theme": "light", "size": "5"}', false, 20, null),
    (3, 3, 'paid', null, null, '{}', null, null, null, 30, 'love and war');
  insert into line values (1, 1, 5, 1), (2, 1, 7, 9), (3, 2, 5, 2)`,
);

const ALL: QuerySchemaOptions = {
  filter: [
    ...["id", "number", "status", "due_on", "tags", "span", "doc", "data", "is_open", "total", "at", "note"],
    ...["odd.[x]", "spot", "customer.country", "customer.settings", "line.quantity", "line.price"],
  ],
  sort: ["id", "number", "due_on"],
  include: { customer: true, line: { select: ["id"] } },
  search: { column: "note", config: "english" },
  total: true,
};

const parse = (query: string, options: QuerySchemaOptions = ALL) =>
  v.parse(querySchema(schema, "invoice", options), new URLSearchParams(query));
const issuesOf = (query: string, options: QuerySchemaOptions = ALL) =>
  v
    .safeParse(querySchema(schema, "invoice", options), new URLSearchParams(query))
    .issues?.map(issue => [v.getDotPath(issue), issue.message]);
const ids = async (query: string, options: QuerySchemaOptions = ALL): Promise<unknown[]> => {
  const { where } = parse(query, options);
  return (await rowsWhere(sql, schema, "invoice", { where, orderBy: "id" })).map(({ id }) => id);
};

const FOUND: readonly (readonly [query: string, ids: readonly number[]])[] = [
  ["", [1, 2, 3]],
  ["status=sent", [2]],
  ["status=sent&status=paid", [2, 3]],
  ["status[in]=sent,paid", [2, 3]],
  ["status[notIn]=sent,paid", [1]],
  ["status[ne]=sent", [1, 3]],
  ["id[ne]=1&id[ne]=2", [3]],
  ["number=9007199254740993", [1]],
  ["number[gt]=3", [1]],
  ["due_on[lt]=2026-06-01", [1]],
  ["due_on[is]=null", [3]],
  ["due_on[is]=notnull", [1, 2]],
  ["due_on[distinctFrom]=2026-01-01", [2, 3]],
  ["total[between]=10.5,20.00", [1, 2]],
  ["is_open=true", [1]],
  ["is_open=false", [2]],
  ["note=null", [1]],
  ["note[like]=love%25", [3]],
  ["note[ilike]=LOVE%25", [3]],
  ["tags[contains]=a", [1, 2]],
  ['tags[contains]="b,c",a', [1]],
  ["tags[containedBy]=a", [2, 3]],
  ['tags[overlaps]="b,c",z', [1]],
  ['tags={a,"b,c"}', [1]],
  ["span[contains]=4", [1]],
  ["span[contains]=[5,6)", [2]],
  ["span=[5,9)", [2]],
  ["span[overlaps]=[4,6)", [1, 2]],
  ['doc[contains]={"theme":"dark"}', [1]],
  ["doc[has]=theme", [1, 2]],
  ["doc->theme=dark", [1]],
  ["doc->theme=dark&doc->theme=light", [1, 2]],
  ["doc->theme[ne]=dark", [2]],
  ["doc->theme[in]=dark,none", [1]],
  ["doc->theme[notIn]=dark,none", [2]],
  ["doc->theme[like]=l%25", [2]],
  ["doc->theme[gt]=e", [2]],
  ["doc->size=5", [1, 2]],
  ["doc->size[gte]=5", [1]],
  ["doc->deep->k->0=x", [1]],
  ["doc->deep->k[is]=null", [2, 3]],
  ["customer.country=FI", [1]],
  ["customer.settings->theme=dark", [1]],
  ["customer.settings->size[gte]=5", [1]],
  ["customer.settings->size[in]=5,6&customer.country=SE", [2]],
  ["line[some].quantity[gt]=5", [1]],
  ["line[none].quantity[gt]=5", [2, 3]],
  ["line[every].quantity=5", [2, 3]],
  ["line[some].quantity=5&line[some].price=9", []],
  ["line[some].quantity=5&line[some].price=1", [1]],
  ["odd.[x][is]=null", [1, 2, 3]],
  ["q=loving", [3]],
  ["at[lt]=2026-01-01T00:00:00Z", []],
  ["data=\\x00ff", []],
];

test.each(FOUND)("%s finds the rows %p", async (query, found) => {
  expect(await ids(query.replaceAll("+", "%2B"))).toEqual([...found]);
});

const REJECTED: readonly (readonly [query: string, parameter: string, message: string | RegExp])[] = [
  ["id=x", "id", 'Expected an integer from -2147483648 to 2147483647, received "x"'],
  ["id[in]=1,x", "id[in]", 'Expected an integer from -2147483648 to 2147483647, received "x"'],
  ["statsu=sent", "statsu", 'Expected an allowed parameter, received "statsu"; did you mean "status"?'],
  ["customer_id=1", "customer_id", 'Expected an allowed parameter, received "customer_id"'],
  ["status=sending", "status", "received"],
  ["due_on=2026-02-30", "due_on", "2026-02-30"],
  ["id[like]=1", "id[like]", "Expected one of the operators"],
  ["note[matches]=a", "note[matches]", "Expected one of the operators"],
  ["spot[lt]=(1,2)", "spot[lt]", "Expected one of the operators"],
  ["total[between]=1", "total[between]", "Expected two values"],
  ['id[in]="1', "id[in]", "Expected a closing double quote"],
  ["due_on[is]=nul", "due_on[is]", 'Expected null or notnull, received "nul"'],
  ["line.quantity=5", "line.quantity", /^Expected line.* or line\[every\], received line$/],
  ["line[any].quantity=5", "line[any].quantity", "received line[any]"],
  ["customer[some].country=FI", "customer[some].country", "received [some]"],
  ["note->x=1", "note->x", "Expected a path only into a json column"],
  ["doc->x[between]=1,2", "doc->x[between]", "Expected one of the operators"],
  ["note=%00", "note", "NUL"],
  ["doc->a=%00", "doc->a", "NUL"],
  ["doc[contains]={", "doc[contains]", 'Expected JSON, received "{" (character 2: expected a property name'],
  [
    'doc[contains]={"a":9007199254740993}',
    "doc[contains]",
    "Expected JSON with numbers that JavaScript can hold",
  ],
  ["sort=total", "sort", 'Expected names of id, number, due_on, received "total"'],
  ["sort=id,-id", "sort", 'Expected each name once, received "id"'],
  ["sort=id&sort=number", "sort", "Expected the parameter once, received 2 times"],
  ["limit=0", "limit", 'Expected an integer from 1 to 100, received "0"'],
  ["limit=101", "limit", "Expected an integer from 1 to 100"],
  ["limit=1e1", "limit", "Expected an integer from 1 to 100"],
  ["select=id", "select", 'received "select"'],
  ["include=lines", "include", 'Expected names of customer, line, received "lines"'],
  ["after=a&before=b", "before", "Expected after or before, not both"],
  ["after=", "after", "Expected a page token"],
  ["total=1", "total", "Expected true or false"],
  ["q=love&q=war", "q", "Expected the parameter once, received 2 times"],
  ["span[overlaps]=5", "span[overlaps]", "expected a range"],
  ["span[containedBy]=5", "span[containedBy]", "expected a range"],
  ["q=%00", "q", "expected a string without NUL characters"],
  ["__proto__=1", "__proto__", "Expected an allowed parameter"],
  ["constructor=1", "constructor", "Expected an allowed parameter"],
];

test.each(REJECTED)("%s is an issue of %s: %s", (query, parameter, message) => {
  const issues = issuesOf(query)!;
  expect(issues.map(([path]) => path)).toEqual([parameter]);
  expect(issues[0]![1]).toMatch(message);
});

test("the issues of all parameters are reported together", () => {
  expect(issuesOf("id=x&limit=0&nothing=1")!.map(([path]) => path)).toEqual(["id", "limit", "nothing"]);
});

test("the schema has the properties by which Valibot describes a schema", () => {
  expect(querySchema(schema, "invoice", ALL)).toMatchObject({
    ...{ kind: "schema", type: "instance", expects: "URLSearchParams", class: URLSearchParams },
  });
});

test("nothing is allowed unless an option lists it", () => {
  for (const query of ["id=1", "sort=id", "select=id", "include=customer", "q=a", "total=true"])
    expect(issuesOf(query, {})).toHaveLength(1);
  expect(parse("limit=7&after=x", {})).toEqual({ where: {}, limit: 7, after: "x" });
});

test("by default a page has 50 rows, at most 100, and a list at most 100 values", () => {
  const list = (length: number): string => `id[in]=${Array.from({ length }, (_, id) => id).join(",")}`;
  expect([parse("", {}).limit, parse("limit=100", {}).limit]).toEqual([50, 100]);
  expect(issuesOf("limit=101", {})).toHaveLength(1);
  expect(issuesOf(list(100), { filter: ["id"] })).toBeUndefined();
  expect(issuesOf(list(101), { filter: ["id"] })![0]![1]).toBe("Expected at most 100 values, received 101");
});

test.each(["id[in]=1,2,3", "id=1&id=2&id=3", "id[ne]=1&id[ne]=2&id[ne]=3"])(
  "%s is longer than maxList",
  query => {
    expect(issuesOf(query, { filter: ["id"], maxList: 3 })).toBeUndefined();
    expect(issuesOf(query, { filter: ["id"], maxList: 2 })![0]![1]).toBe(
      "Expected at most 2 values, received 3",
    );
  },
);

test("a record names the operators of each column", () => {
  const options: QuerySchemaOptions = { filter: { note: ["matches", "eq"], id: true } };
  expect(issuesOf("note[matches]=a&note=b&id[gt]=1", options)).toBeUndefined();
  expect(issuesOf("note[like]=a", options)![0]![1]).toBe(
    "Expected one of the operators matches, eq, received like",
  );
});

test("an invalid option is rejected when the schema is created", () => {
  const make = (options: QuerySchemaOptions) => () => querySchema(schema, "invoice", options);
  expect(make({ filter: ["statsu"] })).toThrow('invoice has no column "statsu"; did you mean "status"?');
  expect(make({ filter: ["customers.country"] })).toThrow("customers");
  expect(make({ filter: { id: ["like"] } })).toThrow(
    'invoice.id: type integer has no operator "like" in a URL',
  );
  expect(make({ filter: { id: 1 as never } })).toThrow("filter must be true or an array of operators");
  expect(make({ sort: ["nope"] })).toThrow("nope");
  expect(make({ sort: ["customer.nope"] })).toThrow('customer has no column "nope"');
  expect(make({ sort: ["line.quantity"] })).toThrow("there are many rows of line");
  expect(make({ sort: ["customer.settings"] })).toThrow("customer.settings: type jsonb cannot be sorted");
  expect(make({ sort: ["spot"] })).toThrow("invoice.spot: type point cannot be sorted");
  expect(make({ select: ["nope"] })).toThrow("nope");
  expect(make({ include: { nope: true } })).toThrow("nope");
  expect(make({ search: "id" })).toThrow("search requires a column of type tsvector or text");
  expect(make({ limit: 0 })).toThrow("limit must be a positive integer");
  const limits = [
    ...[0, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY],
    ...[
      { default: 20, max: 10 },
      { default: 0, max: 10 },
      { default: 1.5, max: 10 },
      { default: 1, max: 10.5 },
    ],
  ];
  for (const limit of limits) expect(make({ limit })).toThrow("limit must be a positive integer");
  for (const limit of [1, { default: 1, max: 1 }, { default: 10, max: 10 }])
    expect(make({ limit })).not.toThrow();
});

test("the filter of one value per column has the same statement as a hand-written filter", () => {
  const { where } = parse("status=sent&number[gt]=3");
  expect(rowsWhereSql(schema, "invoice", { where, select: ["id"] })).toMatchObject({
    text: 'SELECT "id" FROM "public"."invoice" WHERE "status" = $1::text::"public"."status" AND "number" > $2::text::int8',
    params: ["sent", "3"],
  });
});

test("sorting by a column of a referenced row is possible if the options list it", async () => {
  const options = { ...ALL, sort: ["customer.country", "id"] };
  const numbers = async (query: string): Promise<unknown> =>
    (await page(sql, schema, "invoice", { ...parse(query, options), select: ["id"] })).rows.map(
      ({ id }) => id,
    );
  expect(await numbers("sort=customer.country,-id")).toEqual([1, 2, 3]);
  expect(await numbers("sort=-customer.country")).toEqual([3, 2, 1]);
  const plain = sql.unsafe(
    "select i.id from invoice i left join customer c on c.id = customer_id order by country desc",
  );
  expect((await plain.values()).flat()).toEqual([3, 2, 1]);
  expect(issuesOf("sort=customer.country")).toEqual([
    ["sort", 'Expected names of id, number, due_on, received "customer.country"'],
  ]);
});

test("the entire query can be passed to page, and nextUrl leads through all pages", async () => {
  let url: string | null = "/invoice?sort=-id&limit=2&include=customer,line&status[ne]=draft&total=true";
  const found: unknown[] = [];
  const options = { ...ALL, secret: "s" };
  while (url !== null) {
    const absolute: URL = new URL(url, "http://localhost");
    const query = v.parse(querySchema(schema, "invoice", options), absolute.searchParams);
    const one = await page(sql, schema, "invoice", query);
    found.push(...one.rows.map(row => [row["id"], row["customer"], row["line"]]));
    url = nextUrl(absolute, one);
    if (url !== null) expect(url).toStartWith("/invoice?sort=-id&limit=2&include=customer%2Cline&");
  }
  expect(found).toEqual([
    [3, null, []],
    [2, expect.objectContaining({ country: "SE" }), [{ id: 3 }]],
  ]);
  const { where } = parse("status[ne]=draft");
  expect(await count(sql, schema, "invoice", { where })).toBe(2);
});

test("any value other than URLSearchParams is an issue", () => {
  expect(v.safeParse(querySchema(schema, "invoice"), "a=1").success).toBe(false);
});

test("a path into another row of the same table applies to that row; a column named like a parameter needs an operator", async () => {
  const pets = await testTables(
    `create table person (id int primary key);
    create table pet (id int primary key, person_id int not null references person, doc jsonb not null, "limit" int);
    insert into person values (1), (2);
    insert into pet values (1, 1, '{"n": 1}', 5), (2, 1, '{"n": 2}', 6), (3, 2, '{"n": 3}', 7)`,
  );
  const rules = querySchema(pets.schema, "pet", { filter: ["person.pet.doc", "doc", "limit"] });
  const found = async (query: string): Promise<readonly unknown[]> => {
    const { where } = v.parse(rules, new URLSearchParams(query));
    const rows = await rowsWhere(pets.sql, pets.schema, "pet", { where, orderBy: "id" });
    return rows.map(({ id }) => id);
  };
  expect(await found("person.pet[some].doc->n=2")).toEqual([1, 2]);
  expect(await found("person.pet[some].doc->n=2&doc->n=1")).toEqual([1]);
  expect(await found("person.pet[every].doc->n[gt]=2")).toEqual([3]);
  expect(await found("limit[eq]=6")).toEqual([2]);
  expect(await found("limit=6")).toEqual([1, 2, 3]);
});
