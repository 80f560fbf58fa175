import type { Codec } from "./codec.ts";

/** Whether rows hold the type's timestamps as Dates, which drop their microseconds. */
export function holdsDates(codec: Codec): boolean {
  const { shape } = codec;
  switch (shape.kind) {
    case "scalar":
      return codec.last !== undefined && codec.form === "Date";
    case "array":
      return holdsDates(shape.element);
    case "composite":
      return shape.fields.some(field => holdsDates(field.codec));
    case "range":
      return holdsDates(shape.subtype);
    case "multirange":
      return holdsDates(shape.range);
    default:
      return false;
  }
}

/** Whether a value is a Date or contains one. */
export function containsDate(value: unknown): boolean {
  if (value instanceof Date) return true;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  return Object.values(value).some(containsDate);
}
