// PostgreSQL moves the cast of an array to its elements when it parses its own output.
import { expect, test } from "bun:test";
import { normalExpression } from "../../src/schema/normal-expression.ts";

test.each([
  ["(ARRAY['a'::character varying])::text[]", "ARRAY[('a'::character varying)::text]"],
  ["(ARRAY[1, 2])::bigint[]", "ARRAY[(1)::bigint, (2)::bigint]"],
  ["(ARRAY[1]::bigint[])", "(ARRAY[1::bigint])"],
  ["((ARRAY['a'])::character varying[])::text[]", "ARRAY[(('a')::character varying)::text]"],
  ["(ARRAY[ARRAY['a'], ARRAY['b']])::text[]", "ARRAY[ARRAY[('a')::text], ARRAY[('b')::text]]"],
  ["(ARRAY[f(1, 2), (a)[1]])::numeric(5,2)[]", "ARRAY[(f(1, 2))::numeric(5,2), ((a)[1])::numeric(5,2)]"],
  [
    `(ARRAY['],''', E'\\'],', "],"])::"odd [].name"[]`,
    `ARRAY[('],''')::"odd [].name", (E'\\'],')::"odd [].name", ("],")::"odd [].name"]`,
  ],
  [
    "((a = ANY ((ARRAY[1])::bigint[])) OR (b = ANY ((ARRAY[2])::bigint[])))",
    "((a = ANY (ARRAY[(1)::bigint])) OR (b = ANY (ARRAY[(2)::bigint])))",
  ],
  ["( SELECT 1 FROM (VALUES (1)) x)", "( SELECT 1 FROM ( VALUES (1)) x)"],
])("%s becomes %s, which is then unchanged", (text, normal) => {
  expect([normalExpression(text), normalExpression(normal)]).toEqual([normal, normal]);
});

test.each([
  "(ARRAY[1, 2])",
  "(a || ARRAY['b'::text])::character varying[]",
  "f(ARRAY[1], (2)::bigint)",
  "ARRAY[]::text[]",
  "(myarray[1])::text[]",
  "(x_ARRAY[1])::text[]",
  "('(ARRAY[1])::text[]' || '(VALUES (1))')",
  `("(ARRAY[1])::text[]" || E'\\'(ARRAY[1])::text[]')`,
  "(ARRAY['a'])::text",
])("%s is unchanged", text => {
  expect(normalExpression(text)).toBe(text);
});
