// Pages by a column of each type: every token that a page returns is accepted, and a token with an invalid value is
// rejected.

import { expect, test } from "bun:test";
import { ArgumentError, CursorError, page } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { encodedBody, forgedToken } from "../support/forged-token.ts";
import { testTables } from "../support/test-tables.ts";
import { MATRIX } from "../support/type-cases.ts";
import { USER_TYPES, USER_TYPES_SQL } from "../support/user-type-cases.ts";

// Arrays with different lower bounds are different values.
const ARRAYS = ["{}", "{NULL}", "[0:0]={NULL}", "[-3:-3]={NULL}", "[7:7]={NULL}"];
const LITERALS = Object.entries({ ...MATRIX, ...USER_TYPES }).flatMap(([type, cases], at) => {
  const texts = cases.map(([literal]) => literal);
  return [
    { type, table: `t${at}`, texts },
    { type: `${type}[]`, table: `a${at}`, texts: ARRAYS },
  ];
});
const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const { database, schema, plain } = await testTables(
  USER_TYPES_SQL +
    "create table grid (id int primary key, c float8[]);" +
    "insert into grid values (1, '{NaN,-0}'), (2, '[5:6]={1,2}'), (3, '{1,2}'), (4, '[0:1][3:3]={{1},{2}}'), (5, '[0:1]={1,2}');" +
    LITERALS.map(({ type, table, texts }) => {
      const rows = [...texts.map(quoteLiteral), "null"].map((literal, id) => `(${id}, ${literal})`);
      return `create table ${table} (id int primary key, c ${type}); insert into ${table} values ${rows.join(", ")};`;
    }).join("\n"),
);
const { sql } = database;

// Every string is a value of these types, or only PostgreSQL can decide (docs/validation.md).
const ANY_TEXT = /^(text|varchar|bpchar|char|name|citext|"char"|tsvector|tsquery|int2vector|oidvector|reg)/;

for (const { type, table } of LITERALS)
  test(`${type}: pages by tokens contain every row in order`, async () => {
    const read = (after: string | null) =>
      page(sql, schema, table, { orderBy: "c", limit: 1, select: ["id"], after }) as Promise<{
        readonly rows: readonly { readonly id: number }[];
        readonly next: string | null;
      }>;
    const ordered = await plain(`select id from ${table} order by c, id`).catch((error: Error) => error);
    if (ordered instanceof Error) {
      expect(ordered.message).toStartWith("could not identify an ordering operator");
      expect(await failure(read(null))).toBeInstanceOf(ArgumentError);
      return;
    }
    const ids: number[] = [];
    let after: string | null = null;
    do {
      const { rows, next }: Awaited<ReturnType<typeof read>> = await read(after);
      ids.push(...rows.map(({ id }) => id));
      after = next;
    } while (after !== null && ids.length < 100);
    expect(ids).toEqual(ordered.map(([id]) => id as number));
    if (ANY_TEXT.test(type)) return;
    const body = encodedBody("a", "no value { of any type", "1");
    const forged = forgedToken(schema, table, { orderBy: "c" }, body);
    expect(await failure(read(forged))).toBeInstanceOf(CursorError);
  });

test("float8[]: a token contains the lower bounds, which must fit the elements", async () => {
  const read = (after: string | null) => page(sql, schema, "grid", { orderBy: "c", limit: 1, after });
  const ids: unknown[] = [];
  for (let after: string | null = null; ; ) {
    const { rows, next }: Awaited<ReturnType<typeof read>> = await read(after);
    ids.push(...rows.map(({ id }) => id));
    if (next === null || ids.length > 9) break;
    after = next;
  }
  expect(ids).toEqual((await plain("select id from grid order by c, id")).map(([id]) => id as number));
  for (const text of [
    "[0:2]={1,2}",
    "[0:1][0:1]={{1},{2}}",
    "[0:1][0:0]={1,2}",
    "[9999999999:9999999999]={1}",
  ]) {
    const forged = forgedToken(schema, "grid", { orderBy: "c" }, encodedBody("a", text, "1"));
    expect([text, await failure(read(forged))]).toEqual([text, expect.any(CursorError)]);
  }
});
