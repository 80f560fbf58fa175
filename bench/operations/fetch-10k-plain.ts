import type { Operation } from "../operation.ts";

export const operation: Operation = {
  title: "fetch 10,000 rows, nothing to convert",
  calls: 1,
  rounds: 21,
  quickRounds: 3,
  run: adapter => adapter.fetch("plain", 10_000),
};
