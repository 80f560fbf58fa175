import { lines, refill } from "../data.ts";
import type { Operation } from "../operation.ts";

const LINES = lines(40);

export const operation: Operation = {
  title: "upsert one",
  calls: 40,
  rounds: 61,
  quickRounds: 7,
  warmUps: 300,
  before: admin => refill(admin, 20),
  run: (adapter, index) => adapter.upsertOne(LINES[index]!),
};
