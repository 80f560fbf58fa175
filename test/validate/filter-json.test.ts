// Values in filters of JSON, which has no bytes, no NaN and no Date.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { readBody, respond } from "../../src/http/index.ts";
import { filterSchema, getOrThrow, rowsWhere } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(`
  create type part as (bytes bytea, at timestamp); create type reals as range (subtype = float8);
  create table item (id int primary key, bytes bytea, list bytea[], f float8, fs float8[], at timestamp, late timestamptz, part part, r reals,
    spans tsmultirange, p point, note text);
  insert into item values (1, '\\x00ff', array['\\x01'::bytea, null], 'NaN', '{NaN,-Infinity}', '2026-01-02 03:04:05.5', '0044-03-15 00:00Z BC',
    row('\\x02', '2026-01-02')::part, '[-5,Infinity]', '{[2026-01-01,2026-01-02)}', '(NaN,1)', '\\x00ff'),
  (2, '\\x', '{}', 1, '{}', '2026-01-03', '2026-01-01Z', null, 'empty', '{}', '(0,0)', 'NaN')`);
const filters = filterSchema(schema, "item");
const ids = async (filter: object): Promise<readonly unknown[]> => {
  const request = new Request("http://localhost", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(filter),
  });
  expect(await readBody(request, filters)).toEqual(v.parse(filters, filter));
  const where = v.parse(filters, filter);
  return (await rowsWhere(sql, schema, "item", { where, orderBy: "id" })).map(({ id }) => id);
};

test("each value of a response is the value of a filter", async () => {
  const row = await getOrThrow(sql, schema, "item", 1);
  const json = await (await respond(new Request("http://localhost"), row)).json();
  for (const [column, value] of Object.entries(json as Record<string, unknown>))
    expect([column, await ids({ [column]: { eq: value } })]).toEqual([column, [1]]);
});

test.each<[object, readonly number[]]>([
  [{ bytes: "\\x00FF" }, [1]],
  [{ bytes: { oneOf: ["\\x", "\\x01"] } }, [2]],
  [{ bytes: { between: ["\\x", "\\x00"] } }, [2]],
  [{ list: ["\\x01", null] }, [1]],
  [{ list: { contains: ["\\x01"] } }, [1]],
  [{ f: { gte: "Infinity" } }, [1]],
  [{ fs: { oneOf: [["NaN", "-Infinity"]] } }, [1]],
  [{ at: { lte: "2026-01-02T03:04:05.500Z" } }, [1]],
  [{ late: "-000043-03-15T00:00:00.000Z" }, [1]],
  [{ note: "\\x00ff" }, [1]],
  [{ note: { like: "NaN" } }, [2]],
])("%j", async (filter, expected) => {
  expect(await ids(filter)).toEqual(expected);
});

test.each<[object, string]>([
  [{ bytes: "00ff" }, 'bytes: Expected a Uint8Array or ArrayBuffer, received "00ff"'],
  [{ f: "nan" }, 'f: Expected a number, received "nan"'],
  [{ at: "2026-02-30T00:00:00.000Z" }, "at: Expected a Date, or a string without an offset"],
])("%j is rejected", (filter, message) => {
  const { issues } = v.safeParse(filters, filter);
  expect(`${v.getDotPath(issues![0])}: ${issues![0].message}`).toStartWith(message);
});
