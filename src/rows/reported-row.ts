import type { ColumnPlan } from "../statements/column-plan.ts";
import type { RelationPlan } from "../statements/relation-plan.ts";
import { keyTexts } from "./error-fields.ts";
import type { Row } from "./row-groups.ts";

/**
 * The number of the inserted row that the detail of an error shows: `Failing row contains (1, x, null).` Undefined unless
 * exactly one of the rows can be it. Only values are compared whose text is certain; every other column matches any text,
 * so that the failing row always matches.
 */
export function rowOfDetail(plan: RelationPlan, detail: string, rows: readonly Row[]): number | undefined {
  // The server translates the sentence. The detail of a key has two lists.
  const shown = keyTexts({ detail }) === undefined ? /\(.*\)/s.exec(detail)?.[0] : undefined;
  if (shown === undefined) return undefined;
  const columns = [...plan.columns.values()];
  const found = rows.flatMap((row, index) => (matches(shown, literals(columns, row)) ? [index] : []));
  return found.length === 1 ? found[0] : undefined;
}

/** Whether a row is stored as given: a trigger or a rule could change it, and a partition has its own triggers. */
export function isAsGiven({ relation: { kind, triggers, hasRules } }: RelationPlan): boolean {
  return kind === "table" && !triggers.fillsInsert && !hasRules;
}

/** The texts of a row between which anything can be. */
function literals(columns: readonly ColumnPlan[], row: Row): readonly string[] {
  const parts = ["("];
  for (const [index, column] of columns.entries()) {
    if (index > 0) parts[parts.length - 1] += ", ";
    const text = certainText(column, row[column.column.name]);
    if (text === undefined) parts.push("");
    else parts[parts.length - 1] += text;
  }
  parts[parts.length - 1] += ")";
  return parts;
}

function matches(shown: string, parts: readonly string[]): boolean {
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (last === undefined) return shown === first;
  if (!shown.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = shown.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return shown.length - last.length >= at && shown.endsWith(last);
}

// PostgreSQL shows at most 64 bytes of a value.
const SHORT_TEXT = /^[ -~]{0,64}$/;
const INTEGER = /^(?:0|-?[1-9]\d*)$/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The text in which PostgreSQL shows a value; undefined if it could be another one. */
function certainText({ codec }: ColumnPlan, value: unknown): string | undefined {
  if (value === null) return "null";
  if (value === undefined) return undefined;
  if (codec.castType === "bool") return value === true ? "t" : "f";
  const form = textForm(codec);
  if (form === undefined) return undefined;
  const text = codec.print(value);
  return form.test(text) ? text : undefined;
}

function textForm({ shape, castType }: ColumnPlan["codec"]): RegExp | undefined {
  if (shape.kind === "enum" || castType === "text" || castType === "varchar") return SHORT_TEXT;
  if (castType === "int2" || castType === "int4" || castType === "int8") return INTEGER;
  return castType === "uuid" ? UUID : undefined;
}
