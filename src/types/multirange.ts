import { ValueError } from "../errors.ts";
import type { Codec, Problem } from "./codec.ts";
import { problem, problemAt } from "./problem.ts";
import { parseMultirangeLiteral } from "./range-literal.ts";

/** The codec of a multirange type: an array of ranges. PostgreSQL's text is also accepted. */
export function multirangeCodec(castType: string, range: Codec): Codec {
  return Object.freeze({
    form: `(${range.form})[]`,
    input: `readonly (${range.input})[] | string`,
    castType,
    readCast: "",
    decode: (value: unknown) => parseMultirange(range, String(value)),
    parse: (text: string) => parseMultirange(range, text),
    check: (value: unknown) => checkMultirange(range, value),
    print: ((value: readonly unknown[] | string) => printMultirange(range, value)) as Codec["print"],
    equals: "=",
    shape: Object.freeze({ kind: "multirange", range }),
  });
}

function parseMultirange(range: Codec, text: string): unknown {
  const ranges = parseMultirangeLiteral(text);
  if (ranges === undefined) throw new ValueError(`malformed multirange literal: ${text.slice(0, 100)}`);
  return ranges.map(range.parse);
}

function checkMultirange(range: Codec, value: unknown): Problem | undefined {
  const ranges = typeof value === "string" ? parseMultirangeLiteral(value) : value;
  if (!Array.isArray(ranges)) return problem("an array of ranges", value);
  for (const [index, one] of ranges.entries()) {
    const rejected = one === "empty" ? problem("a non-empty range", one) : range.check(one);
    if (rejected !== undefined) return problemAt(index, rejected);
  }
  return undefined;
}

function printMultirange(range: Codec, value: readonly unknown[] | string): string {
  return typeof value === "string" ? value : `{${value.map(one => range.print(one)).join(",")}}`;
}
