import type { AnySchema } from "../schema/snapshot.ts";
import { exactForms } from "../statements/exact-forms.ts";
import type { PageColumn } from "../statements/page-position.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import type { Codec } from "../types/codec.ts";

type Texts = readonly (string | null)[];

/**
 * The texts of a page token for the columns of an order. Without a secret every client can print a token, so each text
 * must be a value of its column; undefined if one is not.
 */
export function positionTexts(
  schema: AnySchema,
  columns: readonly PageColumn[],
  texts: readonly unknown[],
): Texts | undefined {
  if (texts.length !== columns.length) return undefined;
  const exact = exactForms(schema);
  const found: (string | null)[] = [];
  for (const [at, { column, table }] of columns.entries()) {
    const { name, notNull } = column.column;
    const text = texts[at];
    const { filterCodec } = relationPlan(exact, table).columns.get(name)!;
    const valid = text === null && !notNull ? null : printedText(filterCodec, text);
    if (valid === undefined) return undefined;
    found.push(valid);
  }
  return found;
}

// A number in any other notation, which JavaScript could read.
const NUMBER = /^-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Infinity)$|^NaN$/;
const BOOLEAN = /^(?:true|false)$/;
const BYTES = /^\\x(?:[\da-f]{2})*$/;

function printedText(codec: Codec, text: unknown): string | undefined {
  if (typeof text !== "string" || !isPrinted(codec, text)) return undefined;
  try {
    const value = codec.parse(text);
    if (codec.check(value) !== undefined) return undefined;
    return codec.shape.kind === "scalar" ? text : codec.print(value);
  } catch {
    return undefined;
  }
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
