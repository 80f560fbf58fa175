import type { Codec } from "../../types/codec.ts";
import type { TableRule } from "../../validate/rules.ts";

// For each type a few values, of which the first that the column accepts is the example.
const NUMBERS: readonly unknown[] = [1, 0, 10, 100, 1000, -1];
const TEXTS: readonly unknown[] = ["example", "a@example.com", "a", "1", "AB", "https://example.com", ""];
const TYPES: Readonly<Record<string, readonly unknown[]>> = {
  ...{ date: ["2026-11-28"], time: ["12:00:00"], timetz: ["12:00:00+00"], interval: ["1 day"] },
  ...{ timestamp: ["2026-11-28T12:00:00"], timestamptz: ["2026-11-28T12:00:00.000Z"] },
  ...{ uuid: ["0f8fad5b-d9cb-469f-a165-70867728950e"], inet: ["192.0.2.1"], cidr: ["192.0.2.0/24"] },
  ...{ macaddr: ["08:00:2b:01:02:03"], json: [{ key: "value" }], jsonb: [{ key: "value" }] },
};

/** An example of a column's value in JSON, which the column accepts; undefined if none is known. */
export function exampleValue({ codec, check }: TableRule): unknown {
  return candidates(codec).find(value => check(value) === undefined);
}

function candidates({ shape, castType }: Codec): readonly unknown[] {
  switch (shape.kind) {
    case "enum":
      return shape.labels;
    case "array":
      return [candidates(shape.element).slice(0, 1), []];
    case "composite":
      return [
        Object.fromEntries(shape.fields.map(({ name, codec }) => [name, candidates(codec)[0] ?? null])),
      ];
    case "range":
      return ["empty"];
    case "multirange":
      return [[]];
    default:
      break;
  }
  if (TYPES[castType] !== undefined) return TYPES[castType];
  if (shape.family === "bigint" || castType === "numeric") return NUMBERS.map(String);
  if (shape.family === "integer" || shape.family === "float") return NUMBERS;
  if (shape.family === "boolean") return [true, false];
  return shape.family === "text" ? TEXTS : [];
}
