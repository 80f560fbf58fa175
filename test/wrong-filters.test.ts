// A `where` that is neither an object of column → value, nor a combination, nor raw SQL; each function receives it as
// its only invalid option.
import { afterAll, expect, test } from "bun:test";
import { testDatabase } from "../src/testing/index.ts";
import { callError } from "./support/call-error.ts";
import { CALL_TABLES } from "./support/call-tables.ts";
import { EVERY_CALL } from "./support/every-call.ts";
import * as rowfn from "./support/every-entry.ts";

const database = await testDatabase({ template: CALL_TABLES });
afterAll(() => database.drop());
const { sql } = database;
const schema = await rowfn.loadSchema(sql);

/** The error of a call with this `where`, or undefined. */
async function errorWith(name: string, where: unknown): Promise<unknown> {
  const { args, options } = EVERY_CALL[name]!;
  const given = [...args({ sql, schema })];
  // The signal in the call of `work` stops it before its first job.
  given[options!] = { ...(given[options!] as object), ...(name === "work" && { signal: undefined }), where };
  return await callError(name, given);
}

const TAKE_FILTERS: string[] = [];
for (const [name, { options }] of Object.entries(EVERY_CALL)) {
  if (options === undefined) continue;
  const error = await errorWith(name, 5);
  if (!(error instanceof rowfn.UnknownNameError)) TAKE_FILTERS.push(name);
}

test("these functions accept a filter", () => {
  const names = [
    ...[
      "analyzeColumn",
      "claim",
      "claimOne",
      "claimSql",
      "count",
      "countSql",
      "createIndex",
      "createIndexSql",
    ],
    ...["deleteWhere", "deleteWhereSql", "estimateCountSql", "exists", "existsSql", "exportRows", "groupBy"],
    ...["groupBySql", "page", "pageSql", "pksAndRowsWhere", "rowsAndCount", "rowsWhere", "rowsWhereSql"],
    ...[
      "selectOne",
      "stagedUpsertSql",
      "streamRows",
      "updateWhere",
      "updateWhereSql",
      "upsert",
      "upsertMany",
    ],
    ...["upsertManySql", "upsertSql", "watch", "work"],
  ];
  expect(TAKE_FILTERS.toSorted()).toEqual(names);
});

const WRONG: readonly (readonly [string, unknown])[] = [
  ["a number", 5],
  ["0", 0],
  ["true", true],
  ["false", false],
  ["a bigint", 5n],
  ["a symbol", Symbol("id")],
  ["a string", "id = 1"],
  ["an array", [{ id: 1 }]],
  ["an empty array", []],
  ["null", null],
  ["a function", () => ({ id: 1 })],
  ["an object of a class", new (class Filter {})()],
];

for (const name of TAKE_FILTERS)
  test.each(WRONG)(`${name} rejects a where that is %s`, async (_what, where) => {
    const error = await errorWith(name, where);
    expect(error).toBeInstanceOf(rowfn.ArgumentError);
    expect((error as Error).message).toMatch(/where|filter|^raw SQL must be/);
  });
