import { expect, test } from "bun:test";
import { typeCosts } from "../../bench/type-cost.ts";

test("sixty queries cost the compiler the same with a module of 13 and of 1,001 tables", async () => {
  const [small, large] = await typeCosts([11, 1_000]);
  expect([small!.tables, large!.tables]).toEqual([13, 1_001]);
  expect(large!.instantiations / small!.instantiations).toBeLessThanOrEqual(1.5);
  // 28,264 when the limit was set: a higher number means that a type has become more expensive.
  expect(large!.instantiations).toBeLessThanOrEqual(30_200);
});
