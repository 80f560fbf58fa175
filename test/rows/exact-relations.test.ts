// Related rows and changes are found by the text format of a key, which has the microseconds that a Date lacks.
import { describe, expect, test } from "bun:test";
import {
  alias,
  expr,
  get,
  getMany,
  insert,
  nest,
  page,
  pksAndRowsWhere,
  rowsWhere,
  selectOne,
} from "../../src/index.ts";
import { watch, watchSql } from "../../src/queues/index.ts";
import { eventually } from "../support/eventually.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table ev (id int, at timestamptz default now(), v int, primary key (id, at));
   create table evc (id int primary key, eid int, eat timestamptz, foreign key (eid, eat) references ev);
   create table measured (f float8 primary key, span interval);
   create table ranged (during tstzrange primary key, v int);
   create table listed (list timestamptz[] primary key, v int);
   create table offer (at timestamptz primary key, until timestamptz);
   create table sale (id int primary key, at timestamptz references offer, until timestamptz);
   create table visit (at timestamptz primary key, day timestamp(0), times timestamptz(3)[]);
   create table visitor (id int primary key, arrived timestamptz references visit, born timestamp(3));
   create table ranged_child (id int primary key, during tstzrange references ranged);
   create table listed_child (id int primary key, list timestamptz[] references listed)`,
  "truncate ev, evc, ranged, listed, ranged_child, listed_child, offer, sale, visit, visitor",
);
const AT = "2020-01-01 00:00:00.123456+00";
const DATE = new Date("2020-01-01T00:00:00.123Z");

async function event(...rows: readonly string[]): Promise<void> {
  await sql.unsafe(`insert into ev values ${rows.join(", ")}`);
}

describe("include finds the row that a foreign key with microseconds refers to", () => {
  test.each(["2020-01-01 00:00:00.123456+00", "2020-01-01 00:00:00.5+00", "1960-05-05 00:00:00.000001+00"])(
    "%s",
    async at => {
      await event(`(1, '${at}', 1)`, `(1, '${at}'::timestamptz + '1 microsecond', 2)`);
      await sql.unsafe(`insert into evc values (1, 1, '${at}')`);
      const child = { id: 1, ev: { v: 1 } };
      const options = { select: ["id"], include: { ev: { select: ["v"] } } } as const;
      expect(await rowsWhere(sql, schema, "evc", options)).toEqual([child]);
      expect(await get(sql, schema, "evc", 1, options)).toEqual(child);
      expect(await getMany(sql, schema, "evc", [1], options)).toEqual([child]);
      expect(await selectOne(sql, schema, "evc", options)).toEqual(child);
      const locked = { ...options, lock: "update" } as const;
      expect(await rowsWhere(sql, schema, "evc", locked)).toEqual([child]);
      expect(await get(sql, schema, "evc", 1, locked)).toEqual(child);
      expect(await selectOne(sql, schema, "evc", locked)).toEqual(child);
      expect((await page(sql, schema, "evc", { ...options, limit: 1 })).rows).toEqual([child]);
    },
  );

  test("include also finds the rows that refer to a row, their number and nested rows, and returns Dates", async () => {
    await event(`(1, '${AT}', 1)`);
    await sql.unsafe(`insert into evc values (1, 1, '${AT}'), (2, 1, '${AT}')`);
    const [row] = await rowsWhere(sql, schema, "ev", {
      include: { evc: { orderBy: "id", include: { ev: true } }, number: { table: "evc", count: true } },
    });
    const parent = { id: 1, at: DATE, v: 1 };
    expect(row).toEqual({
      ...parent,
      number: 2,
      evc: [1, 2].map(id => ({ id, eid: 1, eat: DATE, ev: parent })),
    });
  });

  test("include also follows a range and an array of timestamps", async () => {
    await sql.unsafe(
      `insert into ranged values ('[${AT},)', 7); insert into ranged_child values (1, '[${AT},)');
       insert into listed values ('{${AT}}', 8); insert into listed_child values (1, '{${AT}}')`,
    );
    expect(await rowsWhere(sql, schema, "ranged_child", { include: { ranged: true } })).toEqual([
      {
        id: 1,
        during: { lower: DATE, upper: null, bounds: "[)" },
        ranged: { during: { lower: DATE, upper: null, bounds: "[)" }, v: 7 },
      },
    ]);
    expect(
      await rowsWhere(sql, schema, "listed_child", { select: ["id"], include: { listed: true } }),
    ).toEqual([{ id: 1, listed: { list: [DATE], v: 8 } }]);
  });
});

/** The changes that `watch` reports while the statements run one after the other. */
async function watchChanges(table: string, statements: readonly string[]): Promise<readonly unknown[]> {
  for (const text of watchSql(schema, table)) await sql.unsafe(text);
  const stop = new AbortController();
  const changes: unknown[] = [];
  const listening = Promise.withResolvers<void>();
  const options = { signal: stop.signal, onListen: () => listening.resolve() };
  const done = (async () => {
    for await (const change of watch(sql, schema, table, options)) changes.push(change);
  })();
  await listening.promise;
  for (const [index, text] of statements.entries()) {
    await sql.begin(tx =>
      tx
        .unsafe(`set local extra_float_digits = -5; set local intervalstyle = 'sql_standard'; ${text}`)
        .simple(),
    );
    await eventually(() => expect(changes).toHaveLength(index + 1));
  }
  stop.abort();
  await done;
  return changes;
}

test("watch reports inserts, updates and deletes of rows with microseconds", async () => {
  const changes = await watchChanges("ev", [
    `insert into ev values (1, '${AT}', 1)`,
    "update ev set v = 2",
    "delete from ev",
  ]);
  const key = { id: 1, at: AT };
  expect(changes).toEqual([
    { type: "insert", key, row: { id: 1, at: DATE, v: 1 } },
    { type: "update", key, row: { id: 1, at: DATE, v: 2 } },
    { type: "delete", key, row: { id: 1, at: DATE, v: 2 } },
  ]);
});

test("watch reports exact numbers and intervals, whatever the settings of the writing session", async () => {
  const row = { f: 0.1 + 0.2, span: "-1 days -02:00:00" };
  expect(
    await watchChanges("measured", [
      `insert into measured values (0.1::float8 + 0.2::float8, '-1 days -02:00:00')`,
      "delete from measured",
    ]),
  ).toEqual([
    { type: "insert", key: { f: row.f }, row },
    { type: "delete", key: { f: row.f }, row },
  ]);
});

test("computed columns are decoded as in other reads, also under the name of a column", async () => {
  await sql.unsafe(
    `insert into offer values ('${AT}', '${AT}'); insert into sale values (1, '${AT}', '${AT}')`,
  );
  const select = [alias("until", expr`1`), alias("exact", expr`until`)] as const;
  const row = { until: 1, exact: DATE };
  expect(await pksAndRowsWhere(sql, schema, "offer", { select })).toEqual([[AT, row]]);
  const options = { select, include: { offer: { select: ["at"] } }, lock: "update" } as const;
  expect(await rowsWhere(sql, schema, "sale", options)).toEqual([{ ...row, offer: { at: DATE } }] as never);
});

test("timestamps without microseconds beside a key that has them are Dates", async () => {
  const row = { at: DATE, day: new Date("2020-01-02T00:00:00Z"), times: [DATE] };
  const child = { id: 1, born: DATE };
  const include = { visitor: { select: ["id", "born"] } } as const;
  const stored = { ...row, visitor: [child] };
  expect(
    await insert(sql, schema, "visit", { ...row, visitor: [child] }, { include: nest(include) }),
  ).toEqual(stored as never);
  const key = "2020-01-01 00:00:00.123+00";
  expect(await pksAndRowsWhere(sql, schema, "visit")).toEqual([[key, row]]);
  expect(await rowsWhere(sql, schema, "visit", { include, lock: "update" })).toEqual([stored] as never);
});
