import type { SQL } from "bun";
import type { Adapter, AdapterName } from "./adapter.ts";

/** One row of the table. `operations/<name>.md` explains its numbers. */
export interface Operation {
  readonly title: string;
  /** The number of calls per sample. */
  readonly calls: number;
  readonly rounds: number;
  /** 0 skips the operation. */
  readonly quickRounds: number;
  /** The number of warm-up rounds, if the usual number is too small for the JIT to compile all code. */
  readonly warmUps?: number;
  /** Whether a smaller operation checks the same results. */
  readonly isCheckedElsewhere?: true;
  /** The method that the adapter must have. */
  readonly needs?: "importCsv" | "exportCsv";
  /** Restores the written table before each sample. */
  readonly before?: (admin: SQL) => Promise<void>;
  /** Returns the part of a result to compare. Default: the whole result. */
  readonly compared?: (admin: SQL, result: unknown) => Promise<unknown>;
  /** Runs one call. `index` counts the calls of a sample, `name` selects code that only some libraries need. */
  run(adapter: Adapter, index: number, name: AdapterName): Promise<unknown>;
}

/** The operations in the order of the table. */
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
