import { lines, refill } from "../data.ts";
import type { Operation } from "../operation.ts";

const LINES = lines(20);

export const operation: Operation = {
  title: "upsert one",
  calls: 20,
  rounds: 41,
  quickRounds: 7,
  before: admin => refill(admin, 10),
  run: (adapter, index) => adapter.upsertOne(LINES[index]!),
};
