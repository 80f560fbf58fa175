import { refill } from "../data.ts";
import type { Operation } from "../operation.ts";

export const operation: Operation = {
  title: "delete one",
  calls: 20,
  rounds: 41,
  quickRounds: 7,
  before: admin => refill(admin, 20),
  run: (adapter, index) => adapter.deleteOne(index + 1),
};
