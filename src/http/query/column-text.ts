import { ValueError } from "../../errors.ts";
import { parseValue } from "../../files/parse-value.ts";
import { jsonProblemText } from "../../schema/json-problem.ts";
import type { ColumnPlan } from "../../statements/column-plan.ts";
import type { Codec, Problem } from "../../types/codec.ts";
import { sentDate } from "../../types/sent-date.ts";

/** A value that a text in a URL means, or the problem with it. */
export type TextValue =
  | { readonly value: unknown; readonly problem?: undefined }
  | { readonly problem: Problem };

// A column without time zone would not accept the offset, and PostgreSQL no year such as +012026.
function sentText(codec: Codec, text: string): string {
  const date = codec.form === "Date" ? sentDate(text) : undefined;
  return date === undefined ? text : codec.print(date);
}

/** The value of a column that a text means, read by the column's codec. */
export function columnText(column: ColumnPlan, text: string, codec: Codec = column.filterCodec): TextValue {
  try {
    const value = parseValue(column.label, codec, sentText(codec, text));
    const problem = codec.check(value);
    return problem === undefined ? { value } : { problem };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const { cause } = error;
    const received = JSON.stringify(text);
    return cause instanceof ValueError
      ? {
          problem: {
            expected: "JSON with numbers that JavaScript can hold",
            received,
            reason: cause.message,
          },
        }
      : { problem: { expected: "JSON", received, reason: jsonProblemText(text) } };
  }
}
