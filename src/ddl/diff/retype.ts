import { quoteIdentifier } from "../../schema/quote.ts";
import type { AnySchema, Column } from "../../schema/snapshot.ts";
import { isSame } from "./matched.ts";
import type { ColumnChange } from "./table-plan.ts";

type TypeOf = Pick<Column, "typeKey" | "typmod">;

// Types among which a cast is exact or an error; all others go through their text.
const DIRECT: readonly (readonly string[])[] = [
  ["int2", "int4", "int8", "float4", "float8", "numeric"],
  ["bool", "int4"],
  ["date", "timestamp", "timestamptz"],
  ["json", "jsonb"],
];
const TEXTS: readonly string[] = ["text", "varchar", "bpchar", "name"];

/**
 * ` USING ...`: how stored values become values of the new type, without its length or precision, which the assignment
 * adds: it refuses text that is too long, where a cast would cut it. Empty when the type only gets another modifier.
 */
export function usingClause(change: ColumnChange, isReplaced: boolean): string {
  const { before, after } = change;
  if (before.typeKey === after.typeKey && !isReplaced) return "";
  return ` USING ${converted(change, isReplaced)}`;
}

/** The expression of `usingClause`, also for a column that moves. */
export function converted({ before, after }: ColumnChange, isReplaced: boolean): string {
  const column = quoteIdentifier(before.name);
  if (isReplaced) return `${column}::text::${bareType(after)}`;
  return conversion(column, before, after);
}

/** An expression of one type as one of another, without its length or precision. */
export function conversion(
  expression: string,
  before: Pick<Column, "typeKey">,
  after: Pick<Column, "type" | "typeKey">,
): string {
  if (before.typeKey === after.typeKey) return expression;
  const isDirect =
    TEXTS.includes(before.typeKey) ||
    TEXTS.includes(after.typeKey) ||
    DIRECT.some(family => family.includes(before.typeKey) && family.includes(after.typeKey));
  return `${expression}${isDirect ? "" : "::text"}::${bareType(after)}`;
}

/** A type without length or precision; an unquoted "bit" or "char" would have length 1. */
export function bareType({ type, typeKey }: Pick<Column, "type" | "typeKey">): string {
  if (typeKey.includes(".")) return type;
  return /^[a-z][a-z0-9_]*$/.test(typeKey) && !["bit", "char"].includes(typeKey)
    ? typeKey
    : quoteIdentifier(typeKey);
}

const WIDER: Readonly<Record<string, readonly string[]>> = {
  int2: ["int4", "int8", "numeric", "float4", "float8"],
  int4: ["int8", "numeric", "float8"],
  int8: ["numeric"],
  float4: ["float8"],
  varchar: ["text"],
  bpchar: ["text", "varchar"],
  name: ["text", "varchar"],
  date: ["timestamp"],
};

/** Whether every value of a type is one of the other, with the same meaning. */
export function isWider(from: AnySchema, before: TypeOf, to: AnySchema, after: TypeOf): boolean {
  const [old, now] = [from.types[before.typeKey], to.types[after.typeKey]];
  if (before.typeKey !== after.typeKey)
    return (
      after.typeKey === "text" ||
      ((WIDER[before.typeKey] ?? []).includes(after.typeKey) && after.typmod === -1)
    );
  if (old === undefined || now === undefined) return false;
  if (old.kind === "enum" && now.kind === "enum")
    return old.labels.every(label => now.labels.includes(label));
  if (old.kind === "array" && now.kind === "array")
    return isWider(from, { ...before, typeKey: old.element }, to, { ...after, typeKey: now.element });
  return before.typmod === after.typmod ? isSame(old, now, ["comment"]) : hasRoom(before, after);
}

const WITH_LENGTH: ReadonlySet<string> = new Set([
  "varchar",
  "bpchar",
  "varbit",
  "timestamp",
  "timestamptz",
  "time",
  "timetz",
]);

// The packed modifier: of numeric precision and scale, of the others a length or precision (see pg_type.h).
function hasRoom({ typeKey, typmod: old }: TypeOf, { typmod: now }: TypeOf): boolean {
  if (now === -1) return true;
  if (old === -1) return false;
  if (typeKey !== "numeric") return WITH_LENGTH.has(typeKey) && now >= old;
  const [a, b] = [numericParts(old), numericParts(now)];
  return b.scale >= a.scale && b.precision - b.scale >= a.precision - a.scale;
}

function numericParts(typmod: number): { readonly precision: number; readonly scale: number } {
  const packed = typmod - 4;
  return { precision: (packed >> 16) & 0xffff, scale: ((packed & 0x7ff) ^ 1024) - 1024 };
}
