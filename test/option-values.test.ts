// An invalid value of an option is neither ignored nor reported without the option's name.
import { afterAll, expect, test } from "bun:test";
import { OPTION_KINDS } from "../src/schema/option-kinds.ts";
import { testDatabase } from "../src/testing/index.ts";
import { callError } from "./support/call-error.ts";
import { CALL_TABLES } from "./support/call-tables.ts";
import { EVERY_CALL, type EveryCall } from "./support/every-call.ts";
import * as rowfn from "./support/every-entry.ts";

const database = await testDatabase({ template: CALL_TABLES });
afterAll(() => database.drop());
const { sql } = database;
const schema = await rowfn.loadSchema(sql);
const stored = JSON.stringify(schema);

/** The names of a function's options, which the error for an unknown option lists. */
async function optionNames(name: string, { args, options }: EveryCall): Promise<readonly string[]> {
  const given = [...args({ sql, schema })];
  given[options!] = { ...(given[options!] as object), zzzzzzzzzzzz: 1 };
  const { message } = (await callError(name, given)) as Error;
  return /; the options are (.*)$/.exec(message)![1]!.split(/, | and /);
}

class Instance {
  id = 1;
}

/** Values that are invalid for most options. */
const WRONG_VALUES: readonly unknown[] = [
  ...[null, 0, NaN, 5n, "", "false", true, Symbol("x"), () => {}, new Instance(), new Date(NaN)],
  ...[[null], [{}], {}, { id: undefined }],
];

/** Values without enumerable properties, which look like empty objects. */
const SILENT_VALUES: readonly unknown[] = [
  ...[new Map([["id", 1]]), new Set(["id"]), Promise.resolve({ id: 1 })],
  ...[new Headers({ id: "1" }), new URLSearchParams("id=1"), new FormData()],
];

/** The values of a kind among the invalid ones. */
const OF_KIND: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean: value => typeof value === "boolean",
  function: value => typeof value === "function",
  string: value => typeof value === "string",
  text: value => typeof value === "string" && value !== "",
  list: Array.isArray,
  object: value => value?.constructor === Object,
  "list or object": value => Array.isArray(value) || value?.constructor === Object,
  signal: () => false,
};

for (const [name, one] of Object.entries(EVERY_CALL).filter(([, { options }]) => options !== undefined))
  test(`${name} rejects invalid values of its options with an error of rowfn`, async () => {
    const wrong: unknown[] = [];
    // The statements of valid calls are cached.
    await callError(name, one.args({ sql, schema }));
    for (const option of await optionNames(name, one))
      for (const value of [...WRONG_VALUES, ...SILENT_VALUES]) {
        const given = [...one.args({ sql, schema })];
        given[one.options!] = { ...(given[one.options!] as object), [option]: value };
        const error = await callError(name, given);
        const kind = OPTION_KINDS.get(option);
        const isRejected = error instanceof rowfn.RowfnError;
        const isWrong = SILENT_VALUES.includes(value) || (kind !== undefined && !OF_KIND[kind]!(value));
        const mustBeRejected = error !== undefined || isWrong;
        if (mustBeRejected && !isRejected) wrong.push([option, value, error]);
        if (error !== undefined) continue;
        const again = [...one.args({ sql, schema: rowfn.parseSchema(stored) })];
        again[one.options!] = { ...(again[one.options!] as object), [option]: value };
        const first = await callError(name, again);
        if (first instanceof rowfn.ArgumentError) wrong.push([option, value, first, "accepted after a call"]);
      }
    expect(wrong).toEqual([]);
  });
