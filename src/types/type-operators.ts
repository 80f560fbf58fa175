import type { Codec } from "./codec.ts";

// Types with equality but without `<` and ORDER BY; box2d and box3d are of PostGIS.
const UNORDERED = /^(?:xid|cid|aclitem|gtsvector|.*"(?:box2d|box3d)")$/;
// hstore has an order for ORDER BY, which arrays and composite values use too, but no operator `<`.
const WITHOUT_LESS = /"hstore"$/;

/** Whether a type has the operator `<`. */
export function hasOrder(codec: Codec): boolean {
  return canSort(codec) && !WITHOUT_LESS.test(codec.castType);
}

/** Whether ORDER BY and DISTINCT are possible. */
export function canSort(codec: Codec): boolean {
  return canGroup(codec) && everyScalar(codec, ({ castType }) => !UNORDERED.test(castType));
}

/** Whether GROUP BY is possible, and equality inside an array or a composite value. The operator `=` alone is not enough. */
export function canGroup({ equals, shape }: Codec): boolean {
  return equals === "=" && !(shape.kind === "scalar" && shape.family === "geometry");
}

/** Whether a type has the operator `<>`. */
export function hasInequality({ equals, castType }: Codec): boolean {
  return equals === "=" && !/^(?:line|cid|aclitem)$/.test(castType);
}

function everyScalar(codec: Codec, test: (codec: Codec) => boolean): boolean {
  const { shape } = codec;
  if (shape.kind === "array") return everyScalar(shape.element, test);
  if (shape.kind === "composite") return shape.fields.every(field => everyScalar(field.codec, test));
  return test(codec);
}

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
