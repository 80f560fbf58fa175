// A timestamp string inside another type, in a URL and in a file is validated as a string and never converted to a
// Date, which has neither its offset nor its microseconds.
import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { importRows } from "../../src/files/index.ts";
import { querySchema } from "../../src/http/index.ts";
import {
  count,
  insert,
  insertMany,
  overlaps,
  RowfnError,
  refine,
  updateWhere,
  upsert,
  upsertMany,
  validateInsert,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create domain span as tstzrange; create type pair as (b timestamptz, r tstzrange);
   create table t (id int primary key, at timestamptz, at3 timestamptz(3), local timestamp, list timestamptz[],
     locals timestamp[], during tstzrange, many tstzmultirange, durings tstzrange[], spans span, pairs pair,
     whiles tsrange, name text)`,
  "truncate t",
);
const LONG = "2026-01-01T00:00:00.1234567";
const SECOND = "2026-01-01T00:00:00";

/** Column → values of which PostgreSQL would round a timestamp, ignore its offset, or use the session's time zone. */
const ALTERED: readonly (readonly [column: string, value: unknown])[] = [
  ...[
    `[${LONG}Z,)`,
    `["${LONG}Z",)`,
    `(,${LONG}+02]`,
    `[${SECOND},)`,
    `[${SECOND}Z,"2026-02-01 00:00:00"]`,
  ].flatMap((range): [string, unknown][] => [
    ["during", range],
    ["spans", range],
    ["durings", [range]],
    ["many", [range]],
    ["many", `{${range}}`],
    ["pairs", { b: null, r: range }],
  ]),
  ...[`[${LONG},)`, `[${SECOND}+02:00,)`, `[${SECOND}Z,)`].map((range): [string, unknown] => [
    "whiles",
    range,
  ]),
  ["list", [`${LONG}Z`]],
  ["pairs", { b: `${LONG}Z`, r: null }],
];

test.each(ALTERED)("%s: %j is rejected in rows and filters", async (column, value) => {
  const row = { id: 1, [column]: value };
  const where = { [column]: value };
  expect(validateInsert(schema, "t", row).issues).toHaveLength(1);
  for (const call of [
    () => insert(sql, schema, "t", row),
    () => insertMany(sql, schema, "t", [row]),
    () => upsert(sql, schema, "t", row),
    () => upsertMany(sql, schema, "t", [row]),
    () => updateWhere(sql, schema, "t", where, { all: true }),
    () => count(sql, schema, "t", { where }),
  ])
    expect(await failure(call())).toBeInstanceOf(RowfnError);
  expect(await plain("select * from t")).toEqual([]);
});

test("a timestamp that is more precise than its column is rejected in rows, and no filter finds it", async () => {
  const at3 = `${SECOND}.1234Z`;
  expect(validateInsert(schema, "t", { id: 1, at3 }).issues).toHaveLength(1);
  await insert(sql, schema, "t", { id: 1, at3: `${SECOND}.123Z` });
  expect(await count(sql, schema, "t", { where: { at3 } })).toBe(0);
  const { where } = v.parse(querySchema(schema, "t", { filter: ["at3"] }), new URLSearchParams({ at3 }));
  expect(await count(sql, schema, "t", { where })).toBe(0);
});

const EXACT = "2026-01-01 00:00:00.123456+00";

test("a range with exact strings is stored and found to the microsecond", async () => {
  const row = {
    id: 1,
    during: `["${EXACT}",)`,
    many: `{["${EXACT}",)}`,
    whiles: '["2026-01-01 00:00:00.123456",)',
  };
  await insert(sql, schema, "t", { ...row, pairs: { b: EXACT, r: row.during } });
  expect(await plain("select during::text, many::text, whiles::text, pairs::text from t")).toEqual([
    [
      ...[row.during, row.many, row.whiles],
      `("2026-01-01 00:00:00.123456+00","[""2026-01-01 00:00:00.123456+00"",)")`,
    ],
  ]);
  expect(await count(sql, schema, "t", { where: { during: row.during } })).toBe(1);
  expect(
    await count(sql, schema, "t", {
      where: { during: overlaps("[2026-01-01T00:00:00Z,2026-01-01T00:00:00.123456Z)") },
    }),
  ).toBe(0);
});

describe("in a URL", () => {
  const filter = ["at", "local", "list", "locals", "during", "whiles"] as const;
  const read = (name: string, text: string) =>
    v.safeParse(querySchema(schema, "t", { filter }), new URLSearchParams({ [name]: text }));

  test.each([
    ["at", `${LONG}Z`],
    ["at", SECOND],
    ["local", LONG],
    ["local", `${SECOND}Z`],
    ["local[lt]", `${SECOND}+02:00`],
    ["at[in]", `${SECOND}Z,${LONG}Z`],
    ["list", `{${LONG}Z}`],
    ["list[contains]", `${LONG}Z`],
    ["locals", `{${SECOND}Z}`],
    ["during", `[${LONG}Z,)`],
    ["during[contains]", SECOND],
    ["during[overlaps]", `[${SECOND},)`],
    ["whiles[overlaps]", `[${SECOND}Z,)`],
  ])("%s=%s is an issue", (name, text) => {
    const [issue, ...others] = read(name, text).issues ?? [];
    expect([v.getDotPath(issue!)?.startsWith(name), others]).toEqual([true, []]);
  });

  test.each([
    ["at", EXACT],
    ["at[in]", `2026-01-01T00:00:00Z,${EXACT.replace(" ", "T")}`],
    ["local", "2026-01-01T00:00:00.123456"],
    ["list", `{"${EXACT}",NULL}`],
    ["list[contains]", EXACT],
    ["locals", "{2026-01-01T00:00:00.123456}"],
    ["during", `["${EXACT}",)`],
    ["during[contains]", EXACT],
  ])("%s=%s finds the row with these microseconds", async (name, text) => {
    const local = EXACT.slice(0, -3);
    await plain(`insert into t (id, at, local, list, locals, during) values
      (1, '${EXACT}', '${local}', '{"${EXACT}",NULL}', '{"${local}"}', '["${EXACT}",)'),
      (2, '2026-01-01 00:00:00.123+00', '2026-01-01 00:00:00.123', '{"2026-01-01 00:00:00.123+00",NULL}', '{2026-01-01 00:00:00.123}', '(,"2026-01-01 00:00:00.123+00"]')`);
    const { where } = v.parse(querySchema(schema, "t", { filter }), new URLSearchParams({ [name]: text }));
    expect(await count(sql, schema, "t", { where: { id: 1 } })).toBe(1);
    expect(await count(sql, schema, "t", { where })).toBe(1);
  });
});

describe.each([
  ["a snapshot", schema],
  ["a refined snapshot", refine(schema, { t: { name: v.pipe(v.string(), v.trim()) } })],
])("a file for %s", (_name, own) => {
  test("preserves the microseconds of lists, ranges and composite values", async () => {
    const list = `{"${EXACT}",NULL}`;
    const cells = [EXACT, list, `["${EXACT}",)`, `("${EXACT}",)`].map(
      text => `"${text.replaceAll('"', '""')}"`,
    );
    const text = `id,at,list,during,pairs,name\n1,${cells.join(",")},a\n`;
    await importRows(sql, own as typeof schema, "t", text, { format: "csv" });
    expect(await plain("select at::text, list::text, during::text, pairs::text from t")).toEqual([
      [EXACT, list, `["${EXACT}",)`, `("${EXACT}",)`],
    ]);
  });

  test.each([
    ["at", `${LONG}Z`],
    ["at3", `${SECOND}.1234Z`],
    ["at", SECOND],
    ["local", `${SECOND}Z`],
    ["list", `{${LONG}Z}`],
    ["locals", `{${SECOND}+02}`],
    ["during", `[${LONG}Z,)`],
    ["pairs", `(${LONG}Z,)`],
  ])("rejects %s %s", async (column, value) => {
    const text = `id,name,${column}\n1,a,"${value}"\n`;
    await failure(importRows(sql, own as typeof schema, "t", text, { format: "csv" }));
    expect(await plain("select * from t")).toEqual([]);
  });
});
