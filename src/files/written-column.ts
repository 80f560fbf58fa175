import type { AnySchema } from "../schema/snapshot.ts";
import { planColumn, relationPlan } from "../statements/relation-plan.ts";
import type { Codec, Shape } from "../types/codec.ts";
import { isPlainObject } from "../types/plain-object.ts";
import type { WrittenColumn } from "./row-writer.ts";

/** Columns of a table as a file has them, all readable ones by default: each value is one that `importRows` reads again. */
export function writtenColumns(
  schema: AnySchema,
  table: string,
  select: readonly string[] | undefined,
): readonly WrittenColumn[] {
  const plan = relationPlan(schema, table);
  return (select ?? plan.all.output.map(({ name }) => name)).map(name => {
    const { codec } = planColumn(plan, name);
    const text = codec.print as (value: unknown) => string;
    return { name, text, json: jsonOf(codec, text) };
  });
}

// A json column stands in JSON as it is; inside other types it has no form of its own there.
function jsonOf({ shape }: Codec, text: (value: unknown) => string): (value: unknown) => string {
  if (shape.kind === "scalar" && shape.family === "json") return text;
  const quoted = (value: unknown): string => JSON.stringify(text(value));
  return holdsJson(shape) ? quoted : value => (hasJsonForm(value) ? JSON.stringify(value) : quoted(value));
}

function hasJsonForm(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object" || value === null) return typeof value !== "bigint";
  if (Array.isArray(value)) return value.every(hasJsonForm);
  return isPlainObject(value) && Object.values(value).every(hasJsonForm);
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
