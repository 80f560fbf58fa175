import type { Column, SequenceOptions } from "../../schema/snapshot.ts";
import { type MigrationStep, step } from "./migration-step.ts";

/** The steps that give a sequence a value in its new range, which ALTER SEQUENCE requires. */
export interface RangeChange {
  /** Before ALTER SEQUENCE: sets a value that is outside of the new range. */
  readonly value: readonly MigrationStep[];
  /** The end of ALTER SEQUENCE: ` RESTART` if no value of the old range is possible. */
  readonly restart: "" | " RESTART";
}

/** @param sequence SQL for the name of the sequence */
export function rangeChange(sequence: string, before: SequenceOptions, after: SequenceOptions): RangeChange {
  const [low, high] = [maximumOf(before.minimum, after.minimum), minimumOf(before.maximum, after.maximum)];
  if (isDescending(before) !== isDescending(after) || low > high) return { value: [], restart: " RESTART" };
  if (low === BigInt(before.minimum) && high === BigInt(before.maximum)) return { value: [], restart: "" };
  const start = minimumOf(maximumOf(after.start, low), high);
  const last = `coalesce(pg_sequence_last_value(${sequence}), ${before.start})`;
  const isOutside = `${last} NOT BETWEEN ${after.minimum} AND ${after.maximum}`;
  return { value: [step(`SELECT setval(${sequence}, ${start}, false) WHERE ${isOutside}`)], restart: "" };
}

function isDescending({ increment }: SequenceOptions): boolean {
  return increment.startsWith("-");
}

type Integer = bigint | string;

function maximumOf(a: Integer, b: Integer): bigint {
  return BigInt(a) > BigInt(b) ? BigInt(a) : BigInt(b);
}

function minimumOf(a: Integer, b: Integer): bigint {
  return BigInt(a) < BigInt(b) ? BigInt(a) : BigInt(b);
}

const MAXIMUM: Readonly<Record<string, string>> = {
  smallint: "32767",
  integer: "2147483647",
  bigint: "9223372036854775807",
};

/** The options of an identity column's sequence. */
export function sequenceOptions({ type, identityOptions }: Column): SequenceOptions {
  const maximum = MAXIMUM[type] ?? MAXIMUM["bigint"]!;
  return (
    identityOptions ?? { type, start: "1", increment: "1", minimum: "1", maximum, cache: "1", cycle: false }
  );
}

/** The options of a sequence that gets another type: a limit that is that of the old type becomes that of the new one. */
export function retypedOptions(options: SequenceOptions, type: string): SequenceOptions {
  const [old, now] = [MAXIMUM[options.type], MAXIMUM[type]];
  if (old === undefined || now === undefined) return options;
  return {
    ...options,
    type,
    minimum: options.minimum === lowest(old) ? lowest(now) : options.minimum,
    maximum: options.maximum === old ? now : options.maximum,
  };
}

function lowest(maximum: string): string {
  return String(-BigInt(maximum) - 1n);
}
