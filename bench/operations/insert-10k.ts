import { lines, refill } from "../data.ts";
import type { Operation } from "../operation.ts";

const LINES = lines(10_000);

export const operation: Operation = {
  title: "insert 10,000 rows",
  calls: 1,
  rounds: 7,
  quickRounds: 2,
  before: admin => refill(admin, 0),
  run: adapter => adapter.insertMany(LINES),
};
