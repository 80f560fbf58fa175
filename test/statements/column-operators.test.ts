import { expect, test } from "bun:test";
import * as rowfn from "../../src/index.ts";
import { COLUMN_OPERATOR_NAMES, columnOperator } from "../../src/statements/column-operators.ts";

test("every operator is an exported function with the same name", () => {
  const exported: Readonly<Record<string, unknown>> = rowfn;
  for (const name of COLUMN_OPERATOR_NAMES) expect(exported[name], name).toBeFunction();
});

test("a sign of the command line belongs to exactly one operator", () => {
  const signs = COLUMN_OPERATOR_NAMES.flatMap(name => columnOperator(name).signs ?? []);
  expect(signs).toEqual([...new Set(signs)]);
});
