import { ArgumentError } from "../errors.ts";
import { type ArrayTexts, printArrayLiteral } from "./array-literal.ts";
import { describeValue } from "./problem.ts";
import { printTimestamptz } from "./timestamp.ts";

/**
 * Prints a parameter of raw SQL, whose type only PostgreSQL knows. PostgreSQL reads the text like a quoted
 * literal, so the driver does not guess a type.
 */
export function printUntyped(value: unknown): string | null {
  if (value === null) return null;
  switch (typeof value) {
    case "string":
      return printText(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
    case "boolean":
      return String(value);
  }
  if (value instanceof Date) return printDate(value);
  if (value instanceof Uint8Array) return `\\x${value.toHex()}`;
  if (Array.isArray(value)) return printArrayLiteral(elementTexts(value));
  throw new ArgumentError(
    `a parameter of expr must be a scalar or an array, received ${describeValue(value)}; for json write \${JSON.stringify(value)}::jsonb`,
  );
}

function elementTexts(elements: readonly unknown[]): ArrayTexts {
  return elements.map(element => (Array.isArray(element) ? elementTexts(element) : printUntyped(element)));
}

function printText(value: string): string {
  if (value.isWellFormed() && !value.includes("\0")) return value;
  throw new ArgumentError(
    "a parameter of expr has a NUL character or a lone surrogate, which PostgreSQL cannot store",
  );
}

function printDate(value: Date): string {
  if (Number.isNaN(value.getTime()))
    throw new ArgumentError("a parameter of expr must be valid, received an invalid Date");
  return printTimestamptz(value);
}
