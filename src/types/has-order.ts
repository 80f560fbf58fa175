import type { Codec } from "./codec.ts";

// Types with equality but without `<`; hstore is the only one of the extensions that PostgreSQL contains.
const UNORDERED = /^(?:xid|cid|aclitem|gtsvector|.*"hstore")$/;

/** Whether a type has the operator `<`. */
export function hasOrder({ shape, castType, equals }: Codec): boolean {
  if (equals !== "=") return false;
  switch (shape.kind) {
    case "scalar":
      return shape.family !== "geometry" && !UNORDERED.test(castType);
    case "array":
      return hasOrder(shape.element);
    case "composite":
      return shape.fields.every(({ codec }) => hasOrder(codec));
    default:
      return true;
  }
}
