import type { Operation } from "../operation.ts";

export const operation: Operation = {
  title: "count",
  calls: 40,
  rounds: 61,
  quickRounds: 7,
  warmUps: 300,
  run: (adapter, index) => adapter.count(index),
};
