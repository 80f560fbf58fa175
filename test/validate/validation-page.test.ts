import { expect, test } from "bun:test";
import { join } from "node:path";
import { insert, validateInsert } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const ROOT = join(import.meta.dir, "../..");

test("the page has the version of Valibot that rowfn depends on", async () => {
  const { dependencies } = await Bun.file(join(ROOT, "package.json")).json();
  const page = await Bun.file(join(ROOT, "docs/validation.md")).text();
  expect(page.match(/bun add (valibot@\S+)`/)?.[1]).toBe(`valibot@${dependencies.valibot}`);
});

// Type, input, stored value: the page's table of canonical forms, and others.
const CANONICAL: readonly (readonly [string, unknown, string])[] = [
  ["daterange", "(2020-01-01,2020-01-03]", "[2020-01-02,2020-01-04)"],
  ["daterange", "[2020-01-01,2020-01-01)", "empty"],
  ["daterange", "(2026-01-01,2026-01-03]", "[2026-01-02,2026-01-04)"],
  ["int4range", "[1,1)", "empty"],
  ["int4range", { lower: 1, upper: 3, bounds: "[]" }, "[1,4)"],
  ["int8range", "(,5]", "(,6)"],
  [
    "int4multirange",
    [
      { lower: 3, upper: 4, bounds: "[]" },
      { lower: 1, upper: 2, bounds: "[]" },
    ],
    "{[1,5)}",
  ],
  ["numrange", "(1,2]", "(1,2]"],
  ["jsonb", { b: 1, a: 3 }, '{"a": 3, "b": 1}'],
  ["interval", "36:00:00", "36:00:00"],
  ["interval", "P1W", "7 days"],
  ["timestamptz", "2026-01-02T03:04:05+02:00", "2026-01-02 01:04:05+00"],
  ["uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
];

// As documented, these types store less than the number.
const ROUNDED: readonly (readonly [string, unknown, string])[] = [
  ["float4", 16777217, "1.6777216e+07"],
  ["float4", 0.1234567890123, "0.12345679"],
  ["float4", 0.1, "0.1"],
  ["jsonb", { a: -0 }, '{"a": 0}'],
  ["json", [-0], "[0]"],
];

// A type and an invalid value that only PostgreSQL can recognize.
const UNCHECKED: readonly (readonly [type: string, text: string])[] = [
  ["tsvector", "'a"],
  ["tsquery", "&&"],
  ["jsonpath", "$$$"],
  ["pg_snapshot", "x"],
  ["int2vector", "x"],
  ["regclass", "nope"],
  ["regtype", "nope"],
  ["regproc", "nope"],
  ["text_range", "[b,a)"],
];
const { sql, schema, plain } = await testTables(
  `create type text_range as range (subtype = text);
   create table v (id int primary key, lsn pg_lsn, ${UNCHECKED.map(([type]) => `of_${type} ${type}`).join(", ")});
   ${[...CANONICAL, ...ROUNDED].map(([type], at) => `create table t${at} (v ${type})`).join(";")}`,
);

test.each([...CANONICAL, ...ROUNDED].map((one, at) => [at, ...one] as const))(
  "canonical form %i: %s %j is stored as %s",
  async (at, _type, v, stored) => {
    await insert(sql, schema, `t${at}`, { v });
    expect(await plain(`select v::text from t${at}`)).toEqual([[stored]]);
  },
);

for (const [type, text] of UNCHECKED)
  test(`an invalid ${type} passes validation, as documented, and PostgreSQL rejects it`, async () => {
    const page = await Bun.file(join(ROOT, "docs/validation.md")).text();
    expect(page).toMatch(
      type.startsWith("reg") ? /other names of objects/ : type.replace("text_range", "range over text"),
    );
    const row = { id: 1, [`of_${type}`]: text };
    expect(validateInsert(schema, "v", row).issues).toEqual([]);
    expect((await failure(insert(sql, schema, "v", row))).name).toBe("QueryError");
    expect(await plain("select id from v")).toEqual([]);
  });

test("a log sequence number is validated", () => {
  for (const lsn of ["x", "", "1", "0/", "/0", "1/123456789", "-1/0", 5])
    expect([lsn, validateInsert(schema, "v", { id: 1, lsn } as never).issues.length]).toEqual([lsn, 1]);
  expect(validateInsert(schema, "v", { id: 1, lsn: "16/b374D848" } as never).issues).toEqual([]);
});
