// A page starts at the position of its token: an index reads no rows before it, whatever the order is.
import { expect, test } from "bun:test";
import { asc, desc, page } from "../../src/index.ts";
import type { Statement } from "../../src/statements/index.ts";
import { pageSql } from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

const { database, sql, schema, plain } = await testTables(
  `create table item (id int primary key, n int, m int not null, tag text);
   insert into item select i, case when i % 4 = 0 then null else i / 3 end, i / 3, 't' from generate_series(1, 2000) i;
   create index on item (n, id); create index on item (n nulls first, id); create index on item (m, id);
   create index on item (m, id desc); create index on item (m, n, id); analyze item;`,
);

interface Node {
  readonly "Node Type": string;
  readonly "Actual Rows": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Node[];
}

// The rows that the indexes return, with those that a filter then removes.
function rowsRead(node: Node): number {
  const inner = (node.Plans ?? []).reduce((sum, one) => sum + rowsRead(one), 0);
  const isScan = node["Node Type"].includes("Scan") && node.Plans === undefined;
  return inner + (isScan ? node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) : 0);
}

async function readBy({ text, params }: Statement): Promise<number> {
  return await database.sql.begin(async tx => {
    await tx.unsafe(
      "set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off",
    );
    const [row] = await tx.unsafe(`explain (analyze, format json) ${text}`, params as string[]).values();
    return rowsRead((row![0] as readonly { readonly Plan: Node }[])[0]!.Plan);
  });
}

const ORDERS: readonly (readonly [name: string, orderBy: unknown, text: string])[] = [
  ["NULLs last", "n", "n, id"],
  ["descending, NULLs first", desc("n"), "n desc, id desc"],
  ["NULLs first", asc("n", { nulls: "first" }), "n nulls first, id"],
  ["descending, NULLs last", desc("n", { nulls: "last" }), "n desc nulls last, id desc"],
  ["two directions", ["m", desc("id")], "m, id desc"],
  ["two directions, the other way", [desc("m"), "id"], "m desc, id"],
  ["NULLs in the second column", ["m", "n"], "m, n, id"],
];

test.each(ORDERS)(
  "%s: each page reads only its own rows, forward and backward",
  async (_name, orderBy, order) => {
    const ids = (await plain(`select id from item order by ${order}`)).map(([id]) => id);
    const pageAt = async (options: object): Promise<readonly unknown[]> => {
      const sent: Statement[] = [];
      const onStatement = (statement: Statement): number => sent.push(statement);
      const found = await page(sql, schema, "item", {
        ...{ orderBy: orderBy as never, select: ["id"], limit: 10, onStatement },
        ...options,
      });
      expect(await readBy(sent[0]!)).toBeLessThanOrEqual(22);
      return found.rows.map(({ id }) => id);
    };
    for (const limit of [300, 700, 1490, 1500, 1700]) {
      const { next } = await page(sql, schema, "item", { orderBy: orderBy as never, limit });
      expect(await pageAt({ after: next })).toEqual(ids.slice(limit, limit + 10));
      expect(await pageAt({ before: next })).toEqual(ids.slice(limit - 11, limit - 1));
    }
  },
);

const sqlAt = (text: string | null, direction: "after" | "before"): string =>
  pageSql(schema, "item", { orderBy: "n", limit: 1, select: [] }, () => ({
    direction,
    position: { texts: [text, "7"], isInclusive: false },
  })).text;
const SELECT =
  'SELECT "item"."n"::text AS "position1", "item"."id"::text AS "position2" FROM "public"."item" WHERE';
const FORWARD = 'ORDER BY "item"."n", "item"."id" LIMIT 2';
const BACKWARD = 'ORDER BY "item"."n" DESC, "item"."id" DESC LIMIT 2';

test("NULLs that follow the values are a second SELECT, which LIMIT executes only if it needs it", () => {
  expect(sqlAt("5", "after")).toBe(
    `(${SELECT} ("item"."n", "item"."id") > ($1::text::int4, $2::text::int4) ${FORWARD}) UNION ALL (${SELECT} "item"."n" IS NULL ${FORWARD}) LIMIT 2`,
  );
  expect(sqlAt(null, "before")).toBe(
    `(${SELECT} (("item"."n" IS NULL AND "item"."id" < $1::text::int4)) ${BACKWARD}) UNION ALL (${SELECT} "item"."n" IS NOT NULL ${BACKWARD}) LIMIT 2`,
  );
});

test("after NULLs, and before values, there is one SELECT", () => {
  expect(sqlAt("5", "before")).toBe(
    `${SELECT} ("item"."n", "item"."id") < ($1::text::int4, $2::text::int4) ${BACKWARD}`,
  );
  expect(sqlAt(null, "after")).toBe(
    `${SELECT} ((false) OR ("item"."n" IS NULL AND "item"."id" > $1::text::int4)) ${FORWARD}`,
  );
});
