/** Precision and scale of a numeric column; null for a numeric without them. */
export interface NumericModifier {
  readonly precision: number;
  readonly scale: number;
}

/**
 * A function that is true for most of the numbers and texts that a numeric column can hold, and false for all others:
 * the exact rule judges what is left.
 */
export function plainDecimalTest(modifier: NumericModifier | null): (value: unknown) => boolean {
  if (modifier === null) return isPlain;
  const { precision, scale } = modifier;
  const whole = precision - scale;
  if (whole < 1 || scale < 0) return () => false;
  const pattern = new RegExp(`^-?\\d{1,${whole}}${scale === 0 ? "" : `(?:\\.\\d{1,${scale}})?`}$`);
  const factor = 10 ** scale;
  const end = scale > EXACT_POWER ? 0 : 10 ** Math.min(precision, 15);
  return value =>
    typeof value === "string"
      ? hasAllDecimals(value, whole, scale) || pattern.test(value)
      : typeof value === "number" && isMultiple(value, factor, end);
}

const DECIMAL = /^-?\d+(?:\.\d+)?$/;

function isPlain(value: unknown): boolean {
  return typeof value === "string" ? value.length <= 1000 && DECIMAL.test(value) : typeof value === "number";
}

// As PostgreSQL prints them. A constant pattern is compiled in place, one made for a column has to be called.
function hasAllDecimals(text: string, whole: number, scale: number): boolean {
  const point = text.length - scale - 1;
  return point > 0 && point <= whole && text[point] === "." && DECIMAL.test(text);
}

/** The largest power of ten that a double holds exactly. */
const EXACT_POWER = 22;

// The double nearest to a decimal of up to 15 digits is printed as that decimal.
function isMultiple(value: number, factor: number, end: number): boolean {
  const scaled = Math.round(value * factor);
  return Math.abs(scaled) < end && scaled / factor === value;
}
