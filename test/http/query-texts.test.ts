import { expect, test } from "bun:test";
import fc from "fast-check";
import { queryTexts, searchTexts } from "../../src/http/query/query-texts.ts";

const part = fc.stringMatching(/^[a-z0-9_.~=&,:[\]%+é#? -]{0,4}$/);
const search = fc.array(part, { maxLength: 8 }).map(parts => `?${parts.join("&")}`);

test("the parameters of a query equal those of URLSearchParams, decoded or not", () => {
  fc.assert(
    fc.property(search, text => {
      expect([...searchTexts(text)]).toEqual([...queryTexts(new URLSearchParams(text))]);
    }),
    { numRuns: 2_000 },
  );
});

test("repeated parameters are grouped, in the order of their first occurrence", () => {
  const texts = searchTexts("?id[gt]=1&name=&id[gt]=2&flag&&=x");
  expect([...texts]).toEqual([
    ["id[gt]", ["1", "2"]],
    ["name", [""]],
    ["flag", [""]],
    ["", ["x"]],
  ]);
  expect([...searchTexts("")]).toEqual([]);
});
