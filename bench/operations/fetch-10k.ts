import type { Operation } from "../operation.ts";

export const operation: Operation = {
  title: "fetch 10,000 rows with arrays, JSON, times",
  calls: 1,
  rounds: 21,
  quickRounds: 3,
  run: adapter => adapter.fetch("line", 10_000),
};
