// Columns of every type in every function that sorts, groups or compares: PostgreSQL accepts the statement, or rowfn
// rejects it before anything is sent.
import { expect, test } from "bun:test";
import { createIndexSql } from "../../src/ddl/index.ts";
import { analyzeColumn, exportRows } from "../../src/files/index.ts";
import {
  ArgumentError,
  asc,
  count,
  desc,
  distinctFrom,
  eq,
  groupBy,
  gt,
  loadSchema,
  lt,
  notNull,
  page,
  parseSchema,
  pksAndRowsWhere,
  rowsWhere,
  some,
  streamRows,
  upsert,
} from "../../src/index.ts";
import { claim } from "../../src/queues/index.ts";
import { groupBySql, pageSql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const TYPES = [
  ...[
    "line",
    "lseg",
    "json",
    "xml",
    "point",
    "polygon",
    "box",
    "circle",
    "path",
    "xid",
    "cid",
    "tid",
    "aclitem",
  ],
  ...[
    "tsquery",
    "tsvector",
    "jsonpath",
    "pg_snapshot",
    "txid_snapshot",
    "refcursor",
    "hstore",
    "ltree",
    "lquery",
  ],
  ...[
    "with_json",
    "with_line",
    "plain_pair",
    "json_domain",
    "line_domain",
    "json[]",
    "xml[]",
    "point[]",
    "line[]",
  ],
  ...[
    "lseg[]",
    "box[]",
    "with_line[]",
    "plain_pair[]",
    "line_domain[]",
    "text_range",
    "regclass",
    "pg_lsn",
    "xid8",
  ],
  ...[
    "oidvector",
    "int2vector",
    '"char"',
    "name",
    "bit(3)",
    "varbit",
    "inet",
    "cidr",
    "macaddr",
    "macaddr8",
    "bytea",
  ],
  ...[
    "bool",
    "interval",
    "timetz",
    "money",
    "uuid",
    "citext",
    "mood",
    "mood[]",
    "int4range",
    "int4multirange",
  ],
  ...["numeric", "float8", "real", "jsonb", "date", "jsonb[]", "hstore[]", "tsquery[]", "cube"],
  ...["isbn", "upc", "seg", "lo"],
];
const name = (index: number): string => `t${index}`;
const { sql, schema } = await testTables(
  `create extension hstore; create extension citext; create extension ltree; create extension cube;
   create extension isn; create extension seg; create extension lo;
   create type with_json as (a int, j json); create type with_line as (l line); create type plain_pair as (a int, b text);
   create domain json_domain as json; create domain line_domain as line; create type mood as enum ('a', 'b');
   create type text_range as range (subtype = text);
   ${TYPES.map((type, index) => `create table ${name(index)} (id int primary key, ref int, c ${type});`).join("\n")}`,
);

type Call = (table: string, onStatement: ReturnType<typeof recorder>["onStatement"]) => unknown;
const drain = async (rows: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of rows) void _;
};
const aggregate =
  (fn: string): Call =>
  (table, onStatement) =>
    groupBy(sql, schema, table, [], { aggregates: { m: { [fn]: "c" } as never }, onStatement });

const CALLS: Readonly<Record<string, Call>> = {
  "rowsWhere, ordered": (table, onStatement) =>
    rowsWhere(sql, schema, table, { orderBy: asc("c"), onStatement }),
  "pksAndRowsWhere, ordered": (table, onStatement) =>
    pksAndRowsWhere(sql, schema, table, { orderBy: desc("c"), onStatement }),
  streamRows: (table, onStatement) => drain(streamRows(sql, schema, table, { orderBy: "c", onStatement })),
  page: (table, onStatement) => page(sql, schema, table, { orderBy: "c", limit: 5, onStatement }),
  "export, ordered": (table, onStatement) =>
    drain(exportRows(sql, schema, table, { format: "csv", orderBy: "c", onStatement }) as never),
  claim: (table, onStatement) => sql.begin(tx => claim(tx, schema, table, { orderBy: "c", onStatement })),
  groupBy: (table, onStatement) => groupBy(sql, schema, table, "c", { onStatement }),
  "groupBy, ordered": (table, onStatement) => groupBy(sql, schema, table, "c", { orderBy: "c", onStatement }),
  having: (table, onStatement) => groupBy(sql, schema, table, "c", { having: { c: notNull() }, onStatement }),
  analyzeColumn: (table, onStatement) => analyzeColumn(sql, schema, table, "c", { onStatement }),
  min: aggregate("min"),
  max: aggregate("max"),
  sum: aggregate("sum"),
  avg: aggregate("avg"),
  countDistinct: aggregate("countDistinct"),
  "include, ordered": (table, onStatement) =>
    rowsWhere(sql, schema, table, {
      include: { x: { table, on: { id: "ref" }, orderBy: "c", limit: 2 } },
      onStatement,
    }),
  "include of aggregates": (table, onStatement) =>
    rowsWhere(sql, schema, table, {
      include: {
        x: { table, on: { id: "ref" }, aggregates: { m: { max: "c" }, n: { countDistinct: "c" } } },
      },
      onStatement,
    }),
  "include by the column": (table, onStatement) =>
    rowsWhere(sql, schema, table, { include: { x: { table, on: { c: "c" } } }, onStatement }),
  "some by the column": (table, onStatement) =>
    count(sql, schema, table, { where: some(table, { id: 1 }, { on: { c: "c" } } as never), onStatement }),
  "an index": async table => {
    const [text] = createIndexSql(schema, table, "c");
    await sql.unsafe(text!);
  },
  "upsert of a changed row": (table, onStatement) =>
    upsert(sql, schema, table, { id: 1, c: null }, { update: "changed", onStatement }),
};

/** The calls that are rejected before anything is sent; throws for a statement that PostgreSQL rejects. */
async function rejectedCalls(table: string): Promise<string[]> {
  const found: string[] = [];
  for (const [what, call] of Object.entries(CALLS)) {
    const { sent, onStatement } = recorder();
    const error = await Promise.resolve()
      .then(() => call(table, onStatement))
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    if (error === undefined) continue;
    expect([what, error, sent]).toEqual([what, expect.any(ArgumentError), []]);
    expect((error as Error).message).toStartWith(`${table}.c: `);
    found.push(what);
  }
  return found;
}

const ORDERED = [
  ...["rowsWhere, ordered", "pksAndRowsWhere, ordered", "streamRows", "page", "export, ordered", "claim"],
];
const RANGE = ["min", "max", "sum", "avg"];

for (const [index, type] of TYPES.entries())
  test(`${type} is sorted, grouped and compared, or rejected before anything is sent`, async () => {
    const found = await rejectedCalls(name(index));
    if (["numeric", "float8", "real"].includes(type)) expect(found).toEqual([]);
    if (["line", "lseg", "with_line", "line_domain"].includes(type)) {
      expect(found).toEqual(
        expect.arrayContaining([...ORDERED, ...RANGE, "groupBy", "countDistinct", "an index"]),
      );
      expect(found.includes("include by the column")).toBe(type === "with_line");
    }
    if (type === "hstore") expect(found).toEqual(["page", ...RANGE, "include of aggregates"]);
    if (type === "hstore[]") expect(found).toEqual(["sum", "avg"]);
    if (["xid", "cid", "aclitem"].includes(type)) {
      expect(found).toEqual(
        expect.arrayContaining([...ORDERED, "groupBy, ordered", "countDistinct", "an index"]),
      );
      expect(found).not.toContain("groupBy");
    }
    if (["text_range", "plain_pair", "tsvector", "jsonb"].includes(type))
      expect(found).toEqual([...RANGE, "include of aggregates"]);
  });

test("the messages name the type and an alternative", async () => {
  const { sent, onStatement } = recorder();
  const messages = [
    (await failure(rowsWhere(sql, schema, "t0", { orderBy: "c", onStatement }))).message,
    (await failure(groupBy(sql, schema, "t0", "c", { onStatement }))).message,
    (
      await failure(
        rowsWhere(sql, schema, "t2", { include: { x: { table: "t2", on: { c: "c" } } }, onStatement }),
      )
    ).message,
    (
      await failure(
        groupBy(sql, schema, "t0", [], { aggregates: { n: { countDistinct: "c" } }, onStatement }),
      )
    ).message,
  ];
  expect(messages).toEqual([
    "t0.c: type line has no order; order by a different column, or by expr",
    "t0.c: type line has no equality operator, so groupBy is not possible",
    "t2.c: type json has no equality operator, so it relates no rows",
    "t0.c: countDistinct is not possible for a column of type line, which has no order",
  ]);
  expect(() => createIndexSql(schema, "t0", "c")).toThrow(
    "t0.c: type line has no order, which an index of the method btree requires; choose another method, or an operatorClass",
  );
  expect(createIndexSql(schema, "t4", "c", { method: "gist" })).toHaveLength(1);
  expect(sent).toEqual([]);
});

test("no filter finds a composite value with a field without equality", async () => {
  const table = name(TYPES.indexOf("with_line"));
  const value = { l: { a: 1, b: 1, c: 0 } };
  for (const where of [{ c: value }, { c: eq(value) }, { c: gt(value) }])
    expect(await failure(count(sql, schema, table, { where }))).toBeInstanceOf(ArgumentError);
  expect(await failure(count(sql, schema, table, { where: { c: distinctFrom(value) } }))).toBeInstanceOf(
    ArgumentError,
  );
});

test.each([
  [149_999, false],
  [150_000, true],
])("min of xid8 on version %i: %p", (serverVersionNum, isPossible) => {
  const given = parseSchema(JSON.stringify({ ...schema, serverVersionNum }));
  const build = (): unknown =>
    groupBySql(given, name(TYPES.indexOf("xid8")), [], { aggregates: { m: { min: "c" } as never } });
  if (isPossible) expect(build).not.toThrow();
  else expect(build).toThrow("xid8");
});

test("a page is ordered by a unique key whose columns all have an order, if there is one", async () => {
  await sql.unsafe("create table bag (h hstore, a int, b int not null unique, primary key (a, h))");
  const now = await loadSchema(sql);
  expect(pageSql(now, "bag", { select: ["a"], limit: 1 }).text).toEndWith('ORDER BY "bag"."b" LIMIT 2');
});

test("arrays and composite values of hstore are compared and paged in PostgreSQL's order", async () => {
  await sql.unsafe(`create type bagged as (h hstore); create table bags (id int primary key, list hstore[], one bagged);
    insert into bags select i, array[hstore('k', v)], row(hstore('k', v))::bagged
    from (values (1, 'c'), (2, 'a'), (3, 'b')) x (i, v)`);
  const now = await loadSchema(sql);
  for (const [column, value] of Object.entries({ list: ['"k"=>"b"'], one: { h: '"k"=>"b"' } })) {
    const ordered = await sql.unsafe(`select id from bags order by ${column}`).values();
    const found = [];
    let after: string | undefined;
    do {
      const next = await page(sql, now, "bags", { orderBy: column, limit: 1, ...(after && { after }) });
      found.push(...next.rows.map(({ id }) => [id]));
      after = next.next ?? undefined;
    } while (after !== undefined);
    expect(found).toEqual(ordered as never);
    const smaller = await rowsWhere(sql, now, "bags", { where: { [column]: lt(value) }, select: ["id"] });
    expect(smaller.map(({ id }) => [id])).toEqual(
      (await sql
        .unsafe(`select id from bags where ${column} < (select ${column} from bags where id = 3)`)
        .values()) as never,
    );
  }
});
