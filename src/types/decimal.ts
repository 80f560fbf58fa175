/** A decimal number taken apart: `digits` × 10^(-scale), without leading or trailing zeros; zero has no digits. */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

/** The exact value of a decimal text; undefined when it is none. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const leading = (whole + fraction).replace(/^0+/, "");
  const digits = leading.replace(/0+$/, "");
  const scale = fraction.length - Number(exponent) - (leading.length - digits.length);
  return digits === "" ? { negative: false, digits, scale: 0 } : { negative: sign === "-", digits, scale };
}

/** Whether two decimal texts are the same number. */
export function sameDecimal(a: string, b: string): boolean {
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  if (left === undefined || right === undefined) return false;
  return left.negative === right.negative && left.digits === right.digits && left.scale === right.scale;
}
