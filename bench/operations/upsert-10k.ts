import { lines, refill } from "../data.ts";
import type { Operation } from "../operation.ts";

// With fewer rows `upsertMany` sends one statement instead of a temporary table.
const LINES = lines(10_000, 2_000);

export const operation: Operation = {
  title: "upsert 10,000 rows, half of them existing",
  calls: 1,
  rounds: 7,
  quickRounds: 2,
  before: admin => refill(admin, 5_000),
  run: adapter => adapter.upsertMany(LINES),
};
