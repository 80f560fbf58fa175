import type { Codec } from "./codec.ts";

/** Whether rows hold the type's timestamps as Dates, which drop their microseconds. */
export function holdsDates(codec: Codec): boolean {
  return someScalar(codec, scalar => isDate(scalar) && scalar.last !== undefined);
}

/** Whether rows hold timestamps of the type as Dates, also those without microseconds. */
export function hasDates(codec: Codec): boolean {
  return someScalar(codec, isDate);
}

function isDate({ form }: Codec): boolean {
  return form === "Date";
}

function someScalar(codec: Codec, test: (scalar: Codec) => boolean): boolean {
  const { shape } = codec;
  switch (shape.kind) {
    case "scalar":
      return test(codec);
    case "array":
      return someScalar(shape.element, test);
    case "composite":
      return shape.fields.some(field => someScalar(field.codec, test));
    case "range":
      return someScalar(shape.subtype, test);
    case "multirange":
      return someScalar(shape.range, test);
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
