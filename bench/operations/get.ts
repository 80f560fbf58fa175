import type { Operation } from "../operation.ts";

export const operation: Operation = {
  title: "get by key",
  calls: 40,
  rounds: 61,
  quickRounds: 7,
  warmUps: 300,
  run: (adapter, index) => adapter.get(1 + index * 997),
};
