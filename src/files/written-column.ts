import type { AnySchema } from "../schema/snapshot.ts";
import { planColumn, relationPlan } from "../statements/relation-plan.ts";
import type { Codec, Shape } from "../types/codec.ts";
import { jsonText } from "./plain-text.ts";
import type { WrittenColumn } from "./row-writer.ts";

/** Columns of a table as a file has them, all readable ones by default: each value is one that `importRows` reads again. */
export function writtenColumns(
  schema: AnySchema,
  table: string,
  select: readonly string[] | undefined,
): readonly WrittenColumn[] {
  const plan = relationPlan(schema, table);
  return (select ?? plan.all.output.map(({ name }) => name)).map(name => {
    const { codec } = planColumn(schema, plan, name);
    const text = codec.print as (value: unknown) => string;
    return { name, text, json: jsonOf(codec, text) };
  });
}

// A json column stands in JSON as it is; inside other types it has no form of its own there.
function jsonOf({ shape }: Codec, text: (value: unknown) => string): (value: unknown) => string {
  if (shape.kind === "scalar" && shape.family === "json") return text;
  return holdsJson(shape) ? value => JSON.stringify(text(value)) : jsonText;
}

function holdsJson(shape: Shape): boolean {
  switch (shape.kind) {
    case "scalar":
      return shape.family === "json";
    case "array":
      return holdsJson(shape.element.shape);
    case "composite":
      return shape.fields.some(({ codec }) => holdsJson(codec.shape));
    default:
      return false;
  }
}
