import type { AnySchema } from "../../schema/snapshot.ts";
import type { ColumnPlan } from "../../statements/column-plan.ts";
import { keyValues } from "../../statements/primary-key.ts";
import { relationPlan, requireKey } from "../../statements/relation-plan.ts";
import { parseDecimal } from "../../types/decimal.ts";
import { codePoints } from "../../types/text.ts";

/** The key that `authorize` gets for a row, however the client has written it: a value, or an array in key order. */
export function accessKey(schema: AnySchema, table: string, key: unknown): unknown {
  const plan = relationPlan(schema, table);
  const columns = requireKey(plan);
  const values = keyValues(plan, columns, key);
  const [only, ...others] = columns.map((column, index) => rowForm(column, values[index]));
  return others.length === 0 ? only : [only, ...others];
}

// A Date would drop microseconds.
function rowForm({ column, codec, filterCodec, hasDates }: ColumnPlan, value: unknown): unknown {
  if (hasDates) return value;
  const form = codec.parse(usualText(codec, column.type, filterCodec.print(value)));
  // 0 and -0 are the same key.
  return form === 0 ? 0 : form;
}

/** The text that PostgreSQL prints for a value of which a client can write several texts. */
function usualText({ shape, castType }: ColumnPlan["codec"], type: string, text: string): string {
  if (shape.kind === "scalar" && shape.family === "bigint") return String(BigInt(text));
  switch (castType) {
    case "uuid":
      return usualUuid(text);
    case "bpchar":
      return padded(text, Number(/^character\((\d+)\)$/.exec(type)?.[1] ?? 0));
    case "numeric":
      return usualDecimal(text, Number(/^numeric\(\d+,(\d+)\)$/.exec(type)?.[1] ?? 0));
    case "time":
      return usualTime(text);
    default:
      return text;
  }
}

function usualUuid(text: string): string {
  const digits = text.toLowerCase().replaceAll(/[^\da-f]/g, "");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function usualTime(text: string): string {
  return text
    .replace(/^\d\d:\d\d$/, "$&:00")
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

// PostgreSQL compares char(n) without the spaces at its end, and prints it with them.
function padded(text: string, length: number): string {
  const own = text.replace(/ +$/, "");
  return own + " ".repeat(Math.max(0, length - codePoints(own)));
}

/** A decimal with at least `scale` decimals, and otherwise without zeros at its end. */
function usualDecimal(text: string, scale: number): string {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return NOT_FINITE[text.toLowerCase().replace("+", "")] ?? text;
  const { negative, digits, scale: decimals } = decimal;
  const all = digits.padEnd(digits.length - decimals, "0").padStart(decimals + 1, "0");
  const whole = decimals > 0 ? all.slice(0, -decimals) : all;
  const fraction = (decimals > 0 ? all.slice(-decimals) : "").padEnd(scale, "0");
  return `${negative ? "-" : ""}${whole === "" ? "0" : whole}${fraction === "" ? "" : `.${fraction}`}`;
}

const NOT_FINITE: Readonly<Record<string, string>> = {
  nan: "NaN",
  infinity: "Infinity",
  "-infinity": "-Infinity",
};
