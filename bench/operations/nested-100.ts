import type { Operation } from "../operation.ts";

export const operation: Operation = {
  title: "nested, three levels, 100 of 275 artists",
  calls: 1,
  rounds: 21,
  quickRounds: 5,
  run: adapter => adapter.nested(100),
};
