import type { SQL } from "bun";
import type { Adapter, AdapterName } from "./adapter.ts";

/** One row of the table. What its numbers mean stands beside it, in `operations/<name>.md`. */
export interface Operation {
  readonly title: string;
  /** Calls in one sample. */
  readonly calls: number;
  readonly rounds: number;
  /** 0 leaves it out. */
  readonly quickRounds: number;
  /** Rounds before those that count, where the usual ones are too few for all that runs to be compiled to the end. */
  readonly warmUps?: number;
  /** A smaller operation does the same and is checked. */
  readonly isCheckedElsewhere?: true;
  /** What not every library can do. */
  readonly needs?: "importCsv" | "exportCsv";
  /** Puts the written table into the state that each sample starts from. */
  readonly before?: (admin: SQL) => Promise<void>;
  /** What is compared of a result; all of it by default. */
  readonly compared?: (admin: SQL, result: unknown) => Promise<unknown>;
  /** One call; `index` counts the calls of a sample, `name` is for what a library has to add by hand. */
  run(adapter: Adapter, index: number, name: AdapterName): Promise<unknown>;
}

/** Names of the operations, in the order of the table. */
export const OPERATIONS = [
  "get",
  "get-32",
  "filtered",
  "count",
  "insert-one",
  "update-one",
  "upsert-one",
  "delete-one",
  "insert-1k",
  "insert-10k",
  "insert-100k",
  "upsert-10k",
  "validated-1k",
  "fetch-10k-plain",
  "fetch-100k-plain",
  "fetch-10k",
  "fetch-100k",
  "nested",
  "nested-100",
  "import-csv",
  "export-csv",
] as const;

export type OperationName = (typeof OPERATIONS)[number];

export async function loadOperation(name: OperationName): Promise<Operation> {
  const { operation } = (await import(`./operations/${name}.ts`)) as { operation: Operation };
  return operation;
}

export async function noteOf(name: string): Promise<string> {
  const file = Bun.file(`${import.meta.dir}/operations/${name}.md`);
  return (await file.exists()) ? (await file.text()).trim() : "";
}
