// Every public function rejects unknown options and invalid arguments with an error of rowfn.
import { afterAll, expect, test } from "bun:test";
import * as ddl from "../src/ddl/index.ts";
import * as files from "../src/files/index.ts";
import * as core from "../src/index.ts";
import * as queues from "../src/queues/index.ts";
import { testDatabase } from "../src/testing/index.ts";
import { callError } from "./support/call-error.ts";
import { CALL_TABLES } from "./support/call-tables.ts";
import { EVERY_CALL, type EveryCall } from "./support/every-call.ts";
import * as rowfn from "./support/every-entry.ts";

const database = await testDatabase({ template: CALL_TABLES });
afterAll(() => database.drop());
const { sql } = database;
const schema = await core.loadSchema(sql);

type AnyFunction = (...args: readonly unknown[]) => unknown;
const functions = Object.entries(rowfn).filter(
  ([, value]) => typeof value === "function" && !(value.prototype instanceof Error),
);

test("every public function has a call", () => {
  expect(Object.keys(EVERY_CALL).toSorted()).toEqual(functions.map(([name]) => name).toSorted());
});

const withoutOptions = [...Object.entries(EVERY_CALL)].filter(([, { options }]) => options !== undefined);

for (const [name, { args, options }] of withoutOptions) {
  test(`${name} rejects an unknown option`, async () => {
    const given = [...args({ sql, schema })];
    const known = given[options!] as object;
    for (const unknown of ["wher", "signl", "__proto", "constructor"]) {
      given[options!] = { ...known, [unknown]: 1 };
      const error = await callError(name, given);
      expect(error).toBeInstanceOf(core.UnknownNameError);
      expect((error as Error).message).toContain(`has no option ${JSON.stringify(unknown)}`);
    }
    given[options!] = Promise.resolve(known);
    expect(await callError(name, given)).toBeInstanceOf(core.ArgumentError);
  });
}

test("the error names the nearest option", async () => {
  const attempt = () => core.rowsWhere(sql, schema, "doc", { limt: 1 } as never);
  await expect(attempt()).rejects.toThrow('rowsWhere has no option "limt"; did you mean "limit"?');
});

const WRONG: readonly (readonly [string, () => unknown])[] = [
  ["undefined", () => undefined],
  ["null", () => null],
  ["{}", () => ({})],
  ["a promise", () => Promise.resolve(1)],
];

for (const [name, one] of Object.entries(EVERY_CALL))
  for (const [value, wrong] of WRONG)
    test(`${name} with the argument ${value} either works or fails with an error of rowfn`, async () => {
      const count = one.args({ sql, schema }).length;
      for (let at = 0; at < count; at++) {
        if (one.any?.includes(at)) continue;
        const error = await callError(name, wrongArguments(one, at, wrong()));
        if (error !== undefined) expect([at, error]).toEqual([at, expect.any(core.RowfnError)]);
      }
    });

for (const [name, { args }] of Object.entries(EVERY_CALL)) {
  const given = args({ sql, schema });
  if (given[1] !== schema) continue;
  test.each([
    ["left out", given.toSpliced(1, 1)],
    ["undefined", given.with(1, undefined)],
  ])(`${name} whose snapshot is %s fails with an error of rowfn`, async (_, wrong) => {
    expect(await callError(name, wrong)).toBeInstanceOf(core.RowfnError);
  });
}

function wrongArguments(one: EveryCall, at: number, value: unknown): readonly unknown[] {
  return one.args({ sql, schema }).with(at, value);
}

class Doc {
  id = 1;
  get title(): string {
    return "z";
  }
}

/** Arguments that look valid, with the message of their error. */
const MISLEADING: readonly (readonly [name: string, attempt: () => unknown, message: string | RegExp])[] = [
  [
    "an instance for update",
    () => core.update(sql, schema, "doc", new Doc() as never),
    "row must be a plain object, received an instance of Doc; spread an instance: { ...instance }",
  ],
  ["an instance for insert", () => core.insert(sql, schema, "doc", new Doc() as never), "plain object"],
  [
    "an instance for insertMany",
    () => core.insertMany(sql, schema, "doc", [new Doc() as never]),
    "plain object",
  ],
  ["an instance for upsert", () => core.upsert(sql, schema, "doc", new Doc() as never), "plain object"],
  [
    "an instance for updateMany",
    () => core.updateMany(sql, schema, "doc", [new Doc() as never]),
    "plain object",
  ],
  [
    "an instance for upsertMany",
    () => core.upsertMany(sql, schema, "doc", [new Doc() as never]),
    "plain object",
  ],
  [
    "an instance for updateWhere",
    () => core.updateWhere(sql, schema, "doc", new Doc() as never, { where: { id: 1 } }),
    "plain object",
  ],
  ["an instance for lookup", () => core.lookup(sql, schema, "doc", new Doc() as never), "plain object"],
  [
    "an instance for claim",
    () => queues.claim(sql, schema, "doc", { set: new Doc() as never }),
    "plain object",
  ],
  [
    "a map for createTable",
    () => ddl.createTable(sql, schema, "dog", new Map([["name", "text"]]) as never),
    "pass Object.fromEntries(map)",
  ],
  [
    "no row for update",
    () => core.update(sql, schema, "doc", undefined as never),
    "row must be a plain object, received undefined",
  ],
  [
    "JSON that was not parsed, which may hold secrets",
    () => core.update(sql, schema, "doc", '{"id":1,"title":"secret"}' as never),
    "row must be a plain object, received a string",
  ],
  [
    "rows for a row",
    () => core.update(sql, schema, "doc", [{ id: 1 }] as never),
    "row must be a plain object, received an array of length 1",
  ],
  [
    "a form for a row",
    () => core.update(sql, schema, "doc", new FormData() as never),
    "received an instance of FormData; pass Object.fromEntries(...) of it",
  ],
  [
    "an instance without properties",
    () => core.update(sql, schema, "doc", new Date(0) as never),
    /^row must be a plain object, received an instance of Date$/,
  ],
  [
    "no columns for createTable",
    () => ddl.createTable(sql, schema, "t", undefined as never),
    "columns must be a plain object, received undefined",
  ],
  [
    "no refinement",
    () => core.refine(schema, undefined as never),
    "refine: refinement must be a plain object",
  ],
  [
    "no options for deleteWhere",
    () => (core.deleteWhere as AnyFunction)(sql, schema, "doc"),
    "deleteWhere: the options must be a plain object",
  ],
  [
    "another library's primary key",
    () => ddl.createTable(sql, schema, "t", { code: "text" }, { pk: "code" } as never),
    'createTable has no option "pk"',
  ],
  [
    "a misspelled filter",
    () => core.count(sql, schema, "doc", { wher: { id: 1 } } as never),
    'count has no option "wher"; did you mean "where"?',
  ],
  [
    "a misspelled filter of exists",
    () => core.exists(sql, schema, "doc", { wher: { id: 1 } } as never),
    'exists has no option "wher"; did you mean "where"?',
  ],
  [
    "a column that is not text",
    () => core.rowsWhere(sql, schema, "doc", { select: [5n] } as never),
    "doc: select must contain column names, received 5n",
  ],
  [
    "a version that is a string",
    () =>
      core.update(sql, schema, "doc", { id: 1, tenant: 1, title: "x", version: 1 }, {
        version: "title",
      } as never),
    "doc.title: version must be a column of integers, of type uuid, or of type timestamptz",
  ],
  [
    "the name of a version without its value",
    () => core.update(sql, schema, "doc", { id: 1 }, { version: "version" } as never),
    "pass the version of the row as it was read",
  ],
  [
    "an instance without validation",
    () => core.insert(sql, schema, "doc", new Doc() as never, { validate: false }),
    "row must be a plain object",
  ],
  [
    "a promise of a row",
    () => core.update(sql, schema, "doc", Promise.resolve({}) as never),
    "row must be a plain object, received an instance of Promise; await the promise",
  ],
  [
    "a class for createTable",
    () => ddl.createTable(sql, schema, "dog", Doc as never),
    "received a function or class; pass a valibot schema or type names",
  ],
  [
    "a valibot schema of something else for createTable",
    () => ddl.createTable(sql, schema, "dog", core.filterSchema(schema, "doc") as never),
    "columns must be a valibot schema of an object, received v.record",
  ],
  [
    "a forgotten snapshot",
    () => core.rowsWhere(sql, "doc" as never, {} as never),
    "schema must be a snapshot; pass it before the table",
  ],
  [
    "a forgotten snapshot for insert",
    () => core.insert(sql, "doc" as never, { id: 1 } as never, undefined as never),
    "schema must be a snapshot; pass it before the table",
  ],
  [
    "a missing snapshot for a key",
    () => core.get(sql, undefined as never, "doc", 1 as never),
    "schema must be a snapshot; load one with loadSchema",
  ],
  [
    "swapped handle and snapshot",
    () => core.count(schema as never, sql as never, "doc" as never),
    "schema must be a snapshot; the handle comes first: (sql, schema, ...)",
  ],
  ["a missing handle", () => core.count(undefined as never, schema, "doc"), "sql must be a Bun SQL handle"],
  [
    "claimOne without a handler",
    () => queues.claimOne(sql, schema, "job", undefined as never),
    "handler must be a function, received undefined",
  ],
  [
    "upsert as a string for importRows",
    () => files.importRows(sql, schema, "doc", "id\n1\n", { format: "csv", upsert: "false" as never }),
    "upsert: the options must be a plain object, received a string",
  ],
  [
    "a value for refine",
    () => core.refine(schema, { doc: { title: "x" as never } }),
    "must be a valibot schema",
  ],
  [
    "raw SQL for groupBy",
    () => core.groupBy(sql, schema, "doc", core.expr`title` as never),
    "by must be an array, received raw SQL",
  ],
  [
    "no filter for deleteWhere",
    () => core.deleteWhere(sql, schema, "doc", undefined as never),
    "plain object",
  ],
  [
    "no rows for insertMany",
    () => core.insertMany(sql, schema, "doc", undefined as never),
    "rows must be an array",
  ],
];

for (const [name, attempt, message] of MISLEADING)
  test(`${name} is rejected with advice`, async () => {
    const error = await Promise.try(attempt).then(
      () => undefined,
      failed => failed,
    );
    expect(error).toBeInstanceOf(core.RowfnError);
    expect(error.message).toMatch(message);
  });
