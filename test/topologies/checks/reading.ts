// Reads of the 200 rows of `item`, whose values are derived from their ids.
import {
  and,
  assertFresh,
  count,
  desc,
  exists,
  exportRows,
  expr,
  fingerprint,
  get,
  getMany,
  groupBy,
  gt,
  item,
  like,
  loadSchema,
  oneOf,
  page,
  pksAndRowsWhere,
  q,
  rowLoader,
  rowsAndCount,
  rowsWhere,
  selectOne,
  some,
  streamRows,
  transaction,
} from "../../support/every-entry.ts";
import { ITEMS } from "../tables.ts";
import type { Check, Place } from "../topology.ts";

const ids = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const idsOf = (rows: readonly (object | undefined)[]): unknown[] =>
  rows.map(row => (row as { id: unknown }).id);
const seeds = { id: oneOf(ids(1, ITEMS)) };

/** The ids of all pages; each page is read by the token of the previous one. */
async function pageIds({ sql, schema }: Place, size: number): Promise<unknown[]> {
  const found: unknown[] = [];
  let token: string | null = null;
  do {
    const options = { where: seeds, orderBy: [desc("price"), "id"] as const, limit: size, after: token };
    const result: { rows: object[]; next: string | null } = await page(sql, schema, "item", options);
    found.push(...idsOf(result.rows));
    token = result.next;
  } while (token !== null);
  return found;
}

export const READING: readonly Check[] = [
  {
    name: "rowsWhere with a filter, an order and a limit",
    run: ({ sql, schema }) =>
      rowsWhere(sql, schema, "item", {
        ...{ where: { price: gt("243.75"), id: oneOf(ids(1, ITEMS)) }, orderBy: desc("id"), limit: 3 },
        select: ["id", "price"],
      }),
    expect: [
      { id: 200, price: "250.00" },
      { id: 199, price: "248.75" },
      { id: 198, price: "247.50" },
    ],
  },
  {
    name: "rowsWhere with a list of 150 values",
    run: async ({ sql, schema }) =>
      idsOf(await rowsWhere(sql, schema, "item", { where: { id: oneOf(ids(1, 150)) }, orderBy: "id" })),
    expect: ids(1, 150),
  },
  {
    name: "a filter by a related row",
    run: ({ sql, schema }) =>
      count(sql, schema, "item", { where: and(seeds, some("owner", { name: like("%2") })) }),
    expect: 50,
  },
  {
    name: "include of a referenced row",
    run: ({ sql, schema }) =>
      rowsWhere(sql, schema, "item", {
        ...{ where: { id: oneOf([6, 7]) }, orderBy: "id", select: ["id"], include: { owner: true } },
      }),
    expect: [
      { id: 6, owner: { id: 3, name: "owner 3" } },
      { id: 7, owner: { id: 4, name: "owner 4" } },
    ],
  },
  {
    name: "include of referring rows",
    run: ({ sql, schema }) =>
      rowsWhere(sql, schema, "owner", {
        ...{ where: { id: 1 }, select: ["id"] },
        include: { item: { where: seeds, orderBy: desc("id"), limit: 2, select: ["id"] } },
      }),
    expect: [{ id: 1, item: [{ id: 200 }, { id: 196 }] }],
  },
  {
    name: "get",
    run: ({ sql, schema }) => get(sql, schema, "item", 5, { select: ["id", "name", "region"] }),
    expect: { id: 5, name: "item 5", region: "south" },
  },
  {
    name: "get of a row that does not exist",
    run: async ({ sql, schema }) => (await get(sql, schema, "item", -1)) ?? "undefined",
    expect: "undefined",
  },
  {
    name: "getMany, in the order of the keys",
    run: async ({ sql, schema }) => idsOf(await getMany(sql, schema, "item", [9, 3, 7])),
    expect: [9, 3, 7],
  },
  {
    name: "selectOne",
    run: ({ sql, schema }) =>
      selectOne(sql, schema, "item", { where: { name: "item 44" }, select: ["id", "price"] }),
    expect: { id: 44, price: "55.00" },
  },
  {
    name: "count",
    run: ({ sql, schema }) => count(sql, schema, "item", { where: seeds }),
    expect: ITEMS,
  },
  {
    name: "exists",
    run: async ({ sql, schema }) => [
      await exists(sql, schema, "item", { where: { id: 200 } }),
      await exists(sql, schema, "item", { where: { id: -1 } }),
    ],
    expect: [true, false],
  },
  {
    name: "groupBy with aggregates",
    run: ({ sql, schema }) =>
      groupBy(sql, schema, "item", "region", {
        ...{ aggregates: { rows: "count", total: { sum: "price" } }, where: seeds, orderBy: "region" },
      }),
    expect: [
      { region: "north", rows: 100, total: "12625.00" },
      { region: "south", rows: 100, total: "12500.00" },
    ],
  },
  {
    name: "page, from token to token",
    run: place => pageIds(place, 17),
    expect: ids(1, ITEMS).toReversed(),
  },
  {
    name: "page with the total",
    run: async ({ sql, schema }) => {
      const { rows, total } = await page(sql, schema, "item", { where: seeds, limit: 2, total: true });
      return [idsOf(rows), total];
    },
    expect: [[1, 2], ITEMS],
  },
  {
    name: "rowsAndCount",
    run: async ({ sql, schema }) => {
      const read = { where: seeds, orderBy: "id", limit: 2, offset: 10 } as const;
      const { rows, count: total } = await rowsAndCount(sql, schema, "item", read);
      return [idsOf(rows), total];
    },
    expect: [[11, 12], ITEMS],
  },
  {
    name: "pksAndRowsWhere",
    run: async ({ sql, schema }) => {
      const pairs = await pksAndRowsWhere(sql, schema, "item", { where: { id: 12 }, select: ["name"] });
      return pairs;
    },
    expect: [[12, { name: "item 12" }]],
  },
  {
    name: "streamRows in batches",
    run: async ({ sql, schema }) =>
      idsOf(
        await Array.fromAsync(streamRows(sql, schema, "item", { where: seeds, orderBy: "id", batch: 30 })),
      ),
    expect: ids(1, ITEMS),
  },
  {
    name: "streamRows whose loop ends early, five times",
    run: async ({ sql, schema }) => {
      const first: unknown[] = [];
      for (let round = 0; round < 5; round++)
        for await (const row of streamRows(sql, schema, "item", { orderBy: "id", batch: 2 })) {
          first.push(row["id"]);
          break;
        }
      return first;
    },
    expect: [1, 1, 1, 1, 1],
  },
  {
    name: "exportRows by COPY",
    run: ({ sql, schema }) =>
      new Response(
        exportRows(sql, schema, "item", {
          ...{ format: "csv", where: { id: oneOf([1, 2]) }, orderBy: "id" },
          select: ["id", "name", "tags"],
        }),
      ).text(),
    expect: 'id,name,tags\n1,item 1,"{t1,""a,\\""b""}"\n2,item 2,"{t2,""a,\\""b""}"\n',
  },
  {
    name: "rowLoader: 50 rows that are read together",
    run: async ({ sql, schema }) => {
      const load = rowLoader(sql, schema, "item", { select: ["id"] });
      return idsOf(await Promise.all(ids(1, 50).map(id => load(id))));
    },
    expect: ids(1, 50),
  },
  {
    name: "q with parameters",
    run: ({ sql, schema }) =>
      q(sql, schema, expr`select id, name from item where id between ${3} and ${4} order by id`),
    expect: [
      { id: 3, name: "item 3" },
      { id: 4, name: "item 4" },
    ],
  },
  {
    name: "values: array, numeric, JSON and timestamp are exact",
    run: ({ sql, schema }) =>
      get(sql, schema, "item", 3, { select: ["price", "tags", "at", "version"] }).then(async row => [
        row,
        await item(sql, schema, expr`select doc::text from item where id = ${3}`),
      ]),
    expect: [
      { price: "3.75", tags: ["t3", 'a,"b'], at: new Date("2026-01-01T00:00:00Z"), version: "0" },
      '{"n": 3, "half": 1.5000000000000000}',
    ],
  },
  {
    name: "300 concurrent reads of 7 statements return their own rows",
    run: async ({ sql, schema }) => {
      const read = async (n: number): Promise<boolean> => {
        const row = await q(
          sql,
          schema,
          expr`select ${n}::int as n, ${n % 7}::int as ${expr([`k${n % 7}`].join(""))}`,
        );
        return JSON.stringify(row) === JSON.stringify([{ n, [`k${n % 7}`]: n % 7 }]);
      };
      return (await Promise.all(ids(1, 300).map(read))).filter(isRight => !isRight).length;
    },
    expect: 0,
  },
  {
    name: "two reads in a repeatable-read transaction see one state",
    run: ({ sql, schema }) =>
      transaction(
        sql,
        async tx => {
          const before = await count(tx, schema, "item");
          return (await count(tx, schema, "item")) - before;
        },
        { isolation: "repeatable read", readOnly: true },
      ),
    expect: 0,
  },
  {
    name: "loadSchema returns the snapshot of a direct connection",
    run: async ({ sql, direct }) =>
      fingerprint(await loadSchema(sql)) === fingerprint(await loadSchema(direct)),
    expect: true,
  },
  {
    name: "assertFresh",
    run: async ({ sql }) => (await assertFresh(sql, await loadSchema(sql))) ?? "fresh",
    expect: "fresh",
  },
];
