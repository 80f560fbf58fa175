import { csvLines, refill } from "../data.ts";
import type { Operation } from "../operation.ts";

const TEXT = csvLines(10_000);

export const operation: Operation = {
  title: "import 10,000 rows of CSV",
  calls: 1,
  rounds: 11,
  quickRounds: 3,
  needs: "importCsv",
  before: admin => refill(admin, 0),
  run: adapter => adapter.importCsv!(TEXT),
};
