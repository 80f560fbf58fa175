import type { Operation } from "../operation.ts";

export const operation: Operation = {
  title: "nested, three levels, 100 of 275 artists",
  calls: 5,
  rounds: 31,
  quickRounds: 5,
  run: adapter => adapter.nested(100),
};
