import { ArgumentError } from "../../errors.ts";
import type { BuiltinType, Modifier } from "./builtin-type-names.ts";

// varlena's header, which PostgreSQL adds to lengths (src/include/c.h).
const HEADER = 4;
// INTERVAL_FULL_RANGE, shifted (src/include/utils/timestamp.h).
const ALL_FIELDS = 0x7fff << 16;

interface Limits {
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

const LIMITS: Readonly<Record<Modifier, Limits>> = {
  none: { count: 0, low: 0, high: 0 },
  length: { count: 1, low: 1, high: 10_485_760 },
  bits: { count: 1, low: 1, high: 83_886_080 },
  numeric: { count: 2, low: 1, high: 1000 },
  time: { count: 1, low: 0, high: 6 },
  interval: { count: 1, low: 0, high: 6 },
};

/** A type's modifier as pg_attribute.atttypmod has it; throws ArgumentError for one the type cannot have. */
export function packModifier({ modifier }: BuiltinType, numbers: readonly number[], text: string): number {
  const { count, low, high } = LIMITS[modifier];
  const [first = 0, scale = 0] = numbers;
  if (count === 0) throw new ArgumentError(`${text}: this type has no modifier`);
  if (numbers.length > count) throw new ArgumentError(`${text}: too many numbers in the modifier`);
  if (first < low || first > high) throw new ArgumentError(`${text}: the modifier is from ${low} to ${high}`);
  switch (modifier) {
    case "numeric":
      return numericModifier(first, scale, text);
    case "length":
      return first + HEADER;
    case "interval":
      return ALL_FIELDS + first;
    default:
      return first;
  }
}

// src/backend/utils/adt/numeric.c, make_numeric_typmod: the scale is signed, in eleven bits.
function numericModifier(precision: number, scale: number, text: string): number {
  if (Math.abs(scale) > 1000) throw new ArgumentError(`${text}: the scale is from -1000 to 1000`);
  return ((precision << 16) | (scale & 0x7ff)) + HEADER;
}

/** A packed modifier as PostgreSQL prints it behind the type: `(10,2)`; empty without one. */
export function printedModifier(modifier: Modifier, typmod: number): string {
  if (typmod === -1) return "";
  switch (modifier) {
    case "numeric": {
      const packed = typmod - HEADER;
      return `(${(packed >> 16) & 0xffff},${((packed & 0x7ff) ^ 0x400) - 0x400})`;
    }
    case "length":
      return `(${typmod - HEADER})`;
    case "interval":
      return `(${typmod & 0xffff})`;
    default:
      return `(${typmod})`;
  }
}
