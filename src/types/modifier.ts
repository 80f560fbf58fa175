import { ArgumentError } from "../errors.ts";

/** The kinds of type modifiers: the number of characters or bits, precision and scale, the fractional digits of a second. */
export type ModifierKind = "length" | "bits" | "maxBits" | "numeric" | "time" | "interval";

/** The ways in which the numbers in parentheses are packed into one, as in pg_attribute.atttypmod. */
interface Modifier {
  readonly count: number;
  readonly low: number;
  readonly high: number;
  readonly pack: (numbers: readonly number[]) => number;
  readonly unpack: (typmod: number) => readonly number[];
  /** Whether the second modifier accepts all that the first one does. */
  readonly isWider: (before: readonly number[], after: readonly number[]) => boolean;
}

// The varlena header, which PostgreSQL adds to lengths (src/include/c.h).
const HEADER = 4;
// INTERVAL_FULL_RANGE (src/include/utils/timestamp.h): in the upper 16 bits, above the precision.
export const ALL_INTERVAL_FIELDS = 0x7fff;

const single = (low: number, high: number): Modifier => ({
  count: 1,
  low,
  high,
  pack: ([first]) => first!,
  unpack: typmod => [typmod],
  isWider: ([before], [after]) => after! >= before!,
});

const MODIFIERS: { readonly [Kind in ModifierKind]: Modifier } = {
  length: {
    ...single(1, 10_485_760),
    pack: ([length]) => length! + HEADER,
    unpack: typmod => [typmod - HEADER],
  },
  bits: { ...single(1, 83_886_080), isWider: () => false },
  maxBits: single(1, 83_886_080),
  time: single(0, 6),
  // Precision and scale; numeric.c, make_numeric_typmod: the scale is signed and has eleven bits.
  numeric: {
    count: 2,
    low: 1,
    high: 1000,
    pack: ([precision, scale = 0]) => ((precision! << 16) | (scale & 0x7ff)) + HEADER,
    unpack: typmod => [((typmod - HEADER) >> 16) & 0xffff, (((typmod - HEADER) & 0x7ff) ^ 0x400) - 0x400],
    isWider: ([precision, scale], [nextPrecision, nextScale]) =>
      nextScale! >= scale! && nextPrecision! - nextScale! >= precision! - scale!,
  },
  // Decimals of a second, then the fields.
  interval: {
    ...single(0, 6),
    pack: ([digits]) => (ALL_INTERVAL_FIELDS << 16) + digits!,
    unpack: typmod => [typmod & 0xffff, (typmod >> 16) & ALL_INTERVAL_FIELDS],
    isWider: () => false,
  },
};

const MAX_SCALE = 1000;

/** Packs the numbers of a modifier; throws ArgumentError for numbers that the type cannot have. */
export function packModifier(
  kind: ModifierKind | undefined,
  numbers: readonly number[],
  type: string,
): number {
  if (kind === undefined) throw new ArgumentError(`${type}: this type has no modifier`);
  const { count, low, high, pack } = MODIFIERS[kind];
  const [first = 0, scale = 0] = numbers;
  if (numbers.length > count) throw new ArgumentError(`${type}: the modifier has more than one number`);
  if (first < low || first > high)
    throw new ArgumentError(`${type}: the modifier must be from ${low} to ${high}`);
  if (Math.abs(scale) > MAX_SCALE)
    throw new ArgumentError(`${type}: the scale must be from -${MAX_SCALE} to ${MAX_SCALE}`);
  return pack(numbers);
}

/** The numbers of a packed modifier; none without a modifier. */
export function unpackModifier(kind: ModifierKind | undefined, typmod: number): readonly number[] {
  return kind === undefined || typmod === -1 ? [] : MODIFIERS[kind].unpack(typmod);
}

/** A packed modifier as PostgreSQL prints it: `(10,2)`; empty without a modifier. */
export function printModifier(kind: ModifierKind | undefined, typmod: number): string {
  if (kind === undefined || typmod === -1) return "";
  const { count, unpack } = MODIFIERS[kind];
  return `(${unpack(typmod).slice(0, count).join(",")})`;
}

/** Whether a type with the second modifier holds every value of the type with the first one. */
export function isWiderModifier(kind: ModifierKind | undefined, before: number, after: number): boolean {
  if (before === after || after === -1) return true;
  if (kind === undefined || before === -1) return false;
  return MODIFIERS[kind].isWider(unpackModifier(kind, before), unpackModifier(kind, after));
}
