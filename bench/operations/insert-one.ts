import { lines, refill } from "../data.ts";
import type { Operation } from "../operation.ts";

const LINES = lines(40);

export const operation: Operation = {
  title: "insert one",
  calls: 40,
  rounds: 61,
  quickRounds: 7,
  warmUps: 300,
  before: admin => refill(admin, 0),
  run: (adapter, index) => adapter.insertOne(LINES[index]!),
};
