import { ROWS } from "../data.ts";
import type { Operation } from "../operation.ts";

export const operation: Operation = {
  title: "get by key, 32 at a time",
  calls: 10,
  rounds: 61,
  quickRounds: 7,
  warmUps: 40,
  run: (adapter, index) =>
    Promise.all(Array.from({ length: 32 }, (_, key) => adapter.get(1 + (((index * 32 + key) * 997) % ROWS)))),
};
