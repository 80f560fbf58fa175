import { quoteIdentifier } from "../../schema/quote.ts";
import type { AnySchema, Column } from "../../schema/snapshot.ts";
import { findBuiltin, hasDirectCast } from "../../types/catalogue.ts";
import { isWiderModifier } from "../../types/modifier.ts";
import { isSame } from "./compare.ts";
import type { ColumnChange } from "./table-plan.ts";

type TypeOf = Pick<Column, "typeKey" | "typmod">;

/**
 * The clause ` USING ...` that converts existing values to the new type; empty if only its length or precision changes,
 * and for a generated column, whose values PostgreSQL recomputes. The conversion has no length, because PostgreSQL
 * rejects a long text on assignment but silently truncates it in a cast.
 */
export function usingClause(change: ColumnChange, isReplaced: boolean): string {
  const { before, after } = change;
  if (after.generated !== null || (before.typeKey === after.typeKey && !isReplaced)) return "";
  return ` USING ${columnConversion(change, isReplaced)}`;
}

/** The expression that converts a column to its new type. */
export function columnConversion({ before, after }: ColumnChange, isReplaced: boolean): string {
  const column = quoteIdentifier(before.name);
  if (isReplaced) return `${column}::text::${bareType(after)}`;
  return conversion(column, before, after);
}

/** Converts an expression to a different type, without length or precision. */
export function conversion(
  expression: string,
  before: Pick<Column, "typeKey">,
  after: Pick<Column, "type" | "typeKey">,
): string {
  if (before.typeKey === after.typeKey) return expression;
  const cast = hasDirectCast(before.typeKey, after.typeKey) ? "" : "::text";
  return `${expression}${cast}::${bareType(after)}`;
}

/** A type without length or precision; "bit" and "char" are quoted, because unquoted they have length 1. */
export function bareType({ type, typeKey }: Pick<Column, "type" | "typeKey">): string {
  if (typeKey.includes(".")) return type;
  return ["bit", "char"].includes(typeKey) ? quoteIdentifier(typeKey) : typeKey;
}

/** Whether every value of a type is a value of the other type, with the same meaning. */
export function isWider(from: AnySchema, before: TypeOf, to: AnySchema, after: TypeOf): boolean {
  const [old, now] = [from.types[before.typeKey], to.types[after.typeKey]];
  if (before.typeKey !== after.typeKey)
    return (
      after.typeKey === "text" ||
      (after.typmod === -1 && findBuiltin(before.typeKey)?.widerTypes?.includes(after.typeKey) === true)
    );
  if (old === undefined || now === undefined) return false;
  if (old.kind === "enum" && now.kind === "enum")
    return old.labels.every(label => now.labels.includes(label));
  if (old.kind === "array" && now.kind === "array")
    return isWider(from, { ...before, typeKey: old.element }, to, { ...after, typeKey: now.element });
  if (old.kind === "composite" && now.kind === "composite")
    return (
      old.attributes.length === now.attributes.length &&
      now.attributes.every((attribute, index) => isWiderText(from, old.attributes[index]!, to, attribute))
    );
  return before.typmod === after.typmod
    ? isSame(old, now, ["comment"])
    : isWiderModifier(findBuiltin(before.typeKey)?.modifier, before.typmod, after.typmod);
}

/** Whether also the text of every value has the same meaning: inside of a composite value `true` is `t`, and blanks remain. */
function isWiderText(from: AnySchema, before: TypeOf, to: AnySchema, after: TypeOf): boolean {
  const isOther = before.typeKey !== after.typeKey && ["bool", "bpchar"].includes(before.typeKey);
  return !isOther && isWider(from, before, to, after);
}
