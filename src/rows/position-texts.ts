import { derive } from "../schema/derived.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { exactForms } from "../statements/exact-forms.ts";
import { isNeverNull, type PageColumn } from "../statements/page-position.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import type { Codec } from "../types/codec.ts";

type Texts = readonly (string | null)[];

// The columns belong to one snapshot.
const exactCodecs = derive((columns: readonly PageColumn[], schema: AnySchema): readonly Codec[] => {
  const exact = exactForms(schema);
  return columns.map(
    ({ column, table }) =>
      // A system column has only one form.
      (relationPlan(exact, table).columns.get(column.column.name) ?? column).filterCodec,
  );
});

/**
 * The texts of a page token for the columns of an order. Without a secret every client can print a token, so each text
 * must be a value of its column; undefined if one is not.
 */
export function positionTexts(
  schema: AnySchema,
  columns: readonly PageColumn[],
  texts: Texts,
): Texts | undefined {
  if (texts.length !== columns.length) return undefined;
  const codecs = exactCodecs(columns, schema);
  const found: (string | null)[] = [];
  for (let at = 0; at < columns.length; at++) {
    const text = texts[at];
    const valid = text === null && !isNeverNull(columns[at]!.column) ? null : printedText(codecs[at]!, text);
    if (valid === undefined) return undefined;
    found.push(valid);
  }
  return found;
}

// A number in any other notation, which JavaScript could read.
const NUMBER = /^-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Infinity)$|^NaN$/;
const BOOLEAN = /^(?:true|false)$/;
const BYTES = /^\\x(?:[\da-f]{2})*$/;

function printedText(codec: Codec, text: string | null | undefined): string | undefined {
  if (text === null || text === undefined || !isPrinted(codec, text)) return undefined;
  try {
    const value = codec.parse(text);
    if (codec.check(value) !== undefined) return undefined;
    if (codec.shape.kind === "scalar") return text;
    return (codec.shape.kind === "array" ? printedBounds(text, value) : "") + codec.print(value);
  } catch {
    return undefined;
  }
}

const BOUNDS = /^(?:\[-?\d{1,9}:-?\d{1,9}\])+=/;

// `[0:1]=` of an array whose subscripts do not begin at 1, which a JavaScript array cannot hold, but the order compares.
function printedBounds(text: string, value: unknown): string {
  if (!text.startsWith("[")) return "";
  const [bounds = ""] = BOUNDS.exec(text) ?? [];
  if (bounds === "") throw new RangeError(text);
  let inner = value;
  for (const [, first, last] of bounds.matchAll(/\[(.*?):(.*?)\]/g)) {
    const { length } = inner as ArrayLike<unknown>;
    if (Number(last) - Number(first) + 1 !== length) throw new RangeError(bounds);
    inner = (inner as ArrayLike<unknown>)[0];
  }
  return bounds;
}

function isPrinted({ shape }: Codec, text: string): boolean {
  if (shape.kind !== "scalar") return true;
  switch (shape.family) {
    case "integer":
    case "bigint":
    case "float":
      return NUMBER.test(text);
    case "boolean":
      return BOOLEAN.test(text);
    case "bytes":
      return BYTES.test(text);
    default:
      return true;
  }
}
