import { batches } from "../adapter.ts";
import { lines, refill } from "../data.ts";
import type { Operation } from "../operation.ts";

const LINES = batches(lines(4_000), 1_000);

export const operation: Operation = {
  title: "insert 1,000 rows",
  calls: 4,
  rounds: 21,
  quickRounds: 3,
  before: admin => refill(admin, 0),
  // Each library returns a different result.
  run: async (adapter, index) => void (await adapter.insertMany(LINES[index]!)),
};
