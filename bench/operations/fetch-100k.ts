import type { Operation } from "../operation.ts";

export const operation: Operation = {
  title: "fetch 100,000 rows with arrays, JSON, times",
  calls: 1,
  rounds: 5,
  quickRounds: 0,
  isCheckedElsewhere: true,
  run: adapter => adapter.fetch("line", 100_000),
};
