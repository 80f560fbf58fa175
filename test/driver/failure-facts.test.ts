// The facts that can be read from any value that a driver or a function throws.
import { expect, test } from "bun:test";
import { failureAdvice } from "../../src/driver/failure-advice.ts";
import { failureFacts } from "../../src/driver/failure-facts.ts";
import type { SqlHandle } from "../../src/driver/handle.ts";
import { codesOf, isLost } from "../../src/driver/lost-connection.ts";

test.each([
  [undefined, "undefined"],
  [null, "null"],
  ["text", "text"],
  [5, "5"],
  [{}, "[object Object]"],
  [new Error("plain"), "plain"],
])("%p has a message and no codes", (thrown, message) => {
  expect(failureFacts(thrown)).toMatchObject({
    message,
    sqlstate: undefined,
    code: undefined,
    isInside: false,
  });
  expect(codesOf(thrown)).toEqual({ sqlstate: undefined, code: undefined });
  expect(isLost(thrown)).toBe(false);
});

test.each([
  [
    { errno: "42P01", detail: "d", position: "7" },
    { sqlstate: "42P01", detail: "d", position: 7, isInside: false },
  ],
  [
    { errno: "23505", detail: "d" },
    { sqlstate: "23505", detail: undefined },
  ],
  [
    { errno: 5, code: "" },
    { sqlstate: undefined, code: undefined },
  ],
  [{ position: "0" }, { position: undefined }],
  [
    { where: "PL/pgSQL function f() line 3 at RAISE" },
    { isInside: true, place: "PL/pgSQL function f() line 3" },
  ],
  [{ internalQuery: "select 1" }, { isInside: true, place: undefined }],
  [
    { hint: "h", routine: "r" },
    { hint: "h", routine: "r", isInside: false },
  ],
])("%j is %j", (fields, facts) => {
  expect(failureFacts(Object.assign(new Error("m"), fields))).toMatchObject(facts);
});

test.each([
  [undefined, true],
  [true, true],
  [false, false],
])("a prepared statement that does not exist is the pooler's, unless prepare is %p", (prepare, hasAdvice) => {
  const sql = { options: { prepare } } as unknown as SqlHandle;
  const facts = failureFacts(
    Object.assign(new Error('prepared statement "P0" does not exist'), { errno: "26000" }),
  );
  const advice = "; a transaction pooler shares connections, so open the handle with prepare: false";
  expect(failureAdvice(sql, [], facts)).toBe(hasAdvice ? advice : "");
});
