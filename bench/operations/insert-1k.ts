import { lines, refill } from "../data.ts";
import type { Operation } from "../operation.ts";

const LINES = lines(1_000);

export const operation: Operation = {
  title: "insert 1,000 rows",
  calls: 1,
  rounds: 21,
  quickRounds: 3,
  before: admin => refill(admin, 0),
  run: adapter => adapter.insertMany(LINES),
};
