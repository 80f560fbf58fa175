import { ValueError } from "../errors.ts";
import { sameDecimal } from "./decimal.ts";
import { jsonNull } from "./json-null.ts";

// A number of up to 15 digits and a small exponent is the same number in JavaScript; strings only cost the slow way.
export const MAYBE_INEXACT: RegExp = /\d(?:[\d.]{15}|[eE][+-]?\d{3})/;

/** The same of what PostgreSQL prints of a jsonb, which has no exponents (manual 8.14). */
export const MAYBE_INEXACT_JSONB: RegExp = /\d[\d.]{15}/;

/** The value of a json text; a number that a double cannot hold is refused, or an integer read as bigint. */
export function parseJson(
  text: string,
  integers: "refuse" | "bigint",
  maybeInexact: RegExp = MAYBE_INEXACT,
): unknown {
  if (!maybeInexact.test(text)) return JSON.parse(text) ?? jsonNull;
  // TypeScript does not know the third argument yet: the number as it stands in the text.
  const revive = (key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" ? exactNumber(value, context?.source ?? "", key, integers) : value;
  return JSON.parse(text, revive) ?? jsonNull;
}

function exactNumber(
  value: number,
  source: string,
  key: string,
  integers: "refuse" | "bigint",
): number | bigint {
  if (integers === "bigint" && /^-?\d+$/.test(source) && !Number.isSafeInteger(value)) return BigInt(source);
  if (sameDecimal(source, String(value))) return value;
  const where = key === "" ? "" : ` at ${JSON.stringify(key)}`;
  const advice = integers === "bigint" ? '"string"' : '"string" or "bigint"';
  throw new ValueError(
    `json has the number ${source}${where}, which a JavaScript number cannot hold; load the schema with types: { json: ${advice} }`,
  );
}

/** A checked value as json text. */
export function printJson(value: unknown): string {
  if (value === jsonNull) return "null";
  if (typeof value === "bigint") return String(value);
  return JSON.stringify(value);
}

/** As `printJson`, with bigints anywhere inside. */
export function printJsonWithBigints(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printJsonWithBigints).join(",")}]`;
  if (typeof value !== "object" || value === null || value === jsonNull) return printJson(value);
  return `{${Object.entries(value)
    .map(([key, part]) => `${JSON.stringify(key)}:${printJsonWithBigints(part)}`)
    .join(",")}}`;
}
