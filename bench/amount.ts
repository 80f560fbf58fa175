// The amount of measurements in one run of the benchmark.
import type { Operation } from "./operation.ts";
import type { LoadOptions } from "./server/under-load.ts";

export interface Amount {
  /** Rounds on the local line and on the slow one; 0 skips the operation. */
  readonly rounds: (operation: Operation) => number;
  readonly slowRounds: (operation: Operation) => number;
  /** Rounds that are not counted. */
  readonly warmUps: (operation: Operation, rounds: number) => number;
  /** Calls per sample and, for calls among other work, before the first sample. */
  readonly calls: (operation: Operation) => number;
  readonly callsBefore: number;
  readonly amongWorkRounds: number;
  readonly amongWorkWarmUps: number;
  readonly load: LoadOptions;
  /** Whether servers are also measured on the slow line. */
  readonly hasSlowLoad: boolean;
  readonly ownWork: { readonly calls: number; readonly roundTrips: number };
  /** Processor time per call: the rounds, and the calls per round. */
  readonly perCall: { readonly rounds: number; readonly warmUps: number; readonly calls: number };
  readonly snapshots: readonly SnapshotAmount[];
  /** The maximum number of tables in the databases of `snapshots`. */
  readonly maxTables: number;
  readonly processRounds: number;
  readonly processWarmUps: number;
  readonly importRounds: number;
  readonly importWarmUps: number;
}

export interface SnapshotAmount {
  readonly tables: number;
  readonly rounds: number;
  readonly warmUps: number;
  /** Whether one round reads table by table, which is slow with many tables. */
  readonly readsByTable: boolean;
}

// Short calls are measured after the JIT has compiled the code, as in a running server.
const compiled = ({ calls }: Operation, rounds: number): number => (calls > 1 || rounds > 10 ? 15 : 1);

const WHOLE: Amount = {
  rounds: ({ rounds }) => rounds,
  slowRounds: ({ quickRounds }) => quickRounds * 3,
  warmUps: (operation, rounds) =>
    rounds === operation.rounds && operation.warmUps !== undefined
      ? operation.warmUps
      : compiled(operation, rounds),
  calls: ({ calls }) => calls,
  callsBefore: 2_000,
  amongWorkRounds: 300,
  amongWorkWarmUps: 5,
  load: { connections: [16, 128], rounds: 3, warmUps: 3, seconds: 1 },
  hasSlowLoad: true,
  ownWork: { calls: 50_000, roundTrips: 4_000 },
  perCall: { rounds: 40, warmUps: 24, calls: 640 },
  snapshots: [
    { tables: 300, rounds: 15, warmUps: 2, readsByTable: true },
    { tables: 3_000, rounds: 5, warmUps: 2, readsByTable: false },
  ],
  maxTables: Number.POSITIVE_INFINITY,
  processRounds: 15,
  processWarmUps: 1,
  importRounds: 30,
  importWarmUps: 2,
};

const QUICK: Amount = {
  ...WHOLE,
  rounds: ({ quickRounds }) => quickRounds,
  slowRounds: ({ quickRounds }) => quickRounds,
  warmUps: compiled,
  amongWorkRounds: 20,
  load: { connections: [16, 128], rounds: 1, warmUps: 1, seconds: 1 },
  snapshots: [{ tables: 300, rounds: 3, warmUps: 2, readsByTable: true }],
  processRounds: 2,
};

// One call of everything, so that a test sees each section and row of the report. The times have no meaning.
const ONCE: Amount = {
  rounds: () => 1,
  slowRounds: () => 1,
  warmUps: () => 0,
  calls: () => 1,
  callsBefore: 0,
  amongWorkRounds: 1,
  amongWorkWarmUps: 0,
  load: { connections: [16], rounds: 1, warmUps: 0, seconds: 1, requests: 16 },
  hasSlowLoad: false,
  ownWork: { calls: 1, roundTrips: 1 },
  perCall: { rounds: 1, warmUps: 0, calls: 1 },
  snapshots: WHOLE.snapshots.map(amount => ({ ...amount, rounds: 1, warmUps: 0 })),
  maxTables: 20,
  processRounds: 1,
  processWarmUps: 0,
  importRounds: 1,
  importWarmUps: 0,
};

export const AMOUNTS: Readonly<Record<"whole" | "quick" | "once", Amount>> = {
  whole: WHOLE,
  quick: QUICK,
  once: ONCE,
};
