// Every function that sends statements accepts `signal` and `timeout`.
import { expect, test } from "bun:test";
import { CALL_TABLES } from "../support/call-tables.ts";
import { EVERY_CALL } from "../support/every-call.ts";
import * as rowfn from "../support/every-entry.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

// In work, watch and channel the signal ends a loop. rowLoader and crud limit their statements, and the other functions
// return handles that only pass calls on.
const OTHERS: readonly string[] = [
  "work",
  "watch",
  "channel",
  "rowLoader",
  "crud",
  "traced",
  "withDefaults",
  "replicas",
];

const { sql, schema } = await testTables(CALL_TABLES);

const SENDING = Object.entries(EVERY_CALL).filter(([name, { args, options }]) => {
  const given = args({ sql, schema });
  return options !== undefined && (given[0] === sql || name === "connect") && !OTHERS.includes(name);
});

const functions: Readonly<Record<string, unknown>> = { ...rowfn };

/** Calls a function with the options of its example and further ones; a stream is read. */
async function callWith(name: string, options: object): Promise<unknown> {
  const call = EVERY_CALL[name]!;
  const args = [...call.args({ sql, schema })];
  args[call.options!] = { ...(args[call.options!] as object), ...options };
  const fn = functions[name] as (...args: unknown[]) => unknown;
  const result = fn(...args);
  if (result instanceof ReadableStream) return await new Response(result).text();
  const isStream = typeof result === "object" && result !== null && Symbol.asyncIterator in result;
  return isStream ? await Array.fromAsync(result as AsyncIterable<unknown>) : await result;
}

test("the functions are found", () => {
  expect(SENDING.length).toBeGreaterThan(55);
});

for (const [name] of SENDING) {
  test(`${name} rejects with the reason of an already aborted signal`, async () => {
    const reason = new RangeError("enough");
    expect(await failure(callWith(name, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  test(`${name} rejects invalid limits`, async () => {
    for (const timeout of [0, null])
      expect(await failure(callWith(name, { timeout }))).toEqual(
        new rowfn.ArgumentError(`timeout must be a positive number of milliseconds, received ${timeout}`),
      );
    const error = await failure(callWith(name, { signal: {} }));
    expect(error).toBeInstanceOf(rowfn.ArgumentError);
    expect(error.message).toMatch(/signal must be an AbortSignal, received an? (value of type )?object$/);
  });
}
