import { MANY_ROWS } from "./checks/many-rows.ts";
import { QUEUES } from "./checks/queues.ts";
import { READING } from "./checks/reading.ts";
import { TABLES } from "./checks/tables.ts";
import { TRANSACTIONS } from "./checks/transactions.ts";
import { WRITING } from "./checks/writing.ts";
import type { Check } from "./topology.ts";

/** All checks, by the heading of their rows in the table of results. */
export const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  Reading: READING,
  "Writing a row": WRITING,
  "Writing many rows": MANY_ROWS,
  "Transactions and locks": TRANSACTIONS,
  "Queues and notifications": QUEUES,
  "Tables and migrations": TABLES,
};

/** All checks in the order of the table. */
export const ALL_CHECKS: readonly Check[] = Object.values(CHECKS).flat();
