import { refill } from "../data.ts";
import type { Operation } from "../operation.ts";

export const operation: Operation = {
  title: "update one",
  calls: 40,
  rounds: 61,
  quickRounds: 7,
  warmUps: 300,
  before: admin => refill(admin, 40),
  run: (adapter, index) => adapter.updateOne(index + 1, `renamed ${index}`),
};
