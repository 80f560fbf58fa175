import type { Codec } from "./codec.ts";

/** Whether values of two types can be equal in SQL; true where only PostgreSQL knows, as for types of extensions. */
export function canCompare(left: Codec, right: Codec): boolean {
  const [one, other] = [comparedAs(left), comparedAs(right)];
  return one === undefined || other === undefined || one === other;
}

/** What the types that a type has operators with have in common; undefined if it is not known. */
function comparedAs({ shape, castType }: Codec): string | undefined {
  if (shape.kind === "enum") return castType;
  if (shape.kind !== "scalar") return shape.kind;
  switch (shape.family) {
    case "integer":
    case "bigint":
    case "numeric":
    case "float":
      return "number";
    case "interval":
      // A time is also an interval.
      return "datetime";
    case "other":
      return castType === "uuid" ? castType : undefined;
    default:
      return shape.family;
  }
}
