import { lines, refill } from "../data.ts";
import type { Operation } from "../operation.ts";

const LINES = lines(100_000);

export const operation: Operation = {
  title: "insert 100,000 rows",
  calls: 1,
  rounds: 3,
  quickRounds: 0,
  isCheckedElsewhere: true,
  before: admin => refill(admin, 0),
  run: adapter => adapter.insertMany(LINES),
};
