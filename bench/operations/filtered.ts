import type { Operation } from "../operation.ts";

export const operation: Operation = {
  title: "filtered, ordered, 50 rows",
  calls: 5,
  rounds: 61,
  quickRounds: 7,
  warmUps: 100,
  run: (adapter, index) => adapter.filtered(index),
};
