import type { Operation } from "../operation.ts";

export const operation: Operation = {
  title: "fetch 100,000 rows, nothing to convert",
  calls: 1,
  rounds: 5,
  quickRounds: 0,
  isCheckedElsewhere: true,
  run: adapter => adapter.fetch("plain", 100_000),
};
