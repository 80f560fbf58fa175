import { parts } from "../adapter.ts";
import { lines, refill } from "../data.ts";
import type { Operation } from "../operation.ts";

const LINES = parts(lines(4_000), 1_000);

export const operation: Operation = {
  title: "insert 1,000 rows",
  calls: 4,
  rounds: 21,
  quickRounds: 3,
  before: admin => refill(admin, 0),
  // What it returns is the library's own affair.
  run: async (adapter, index) => void (await adapter.insertMany(LINES[index]!)),
};
