import { SnapshotError } from "../errors.ts";

/** Checks plain JSON data; throws SnapshotError with the place of the first invalid part. */
export type ShapeCheck = (value: unknown, place: string) => void;

function wrong(place: string, expected: string): never {
  throw new SnapshotError(`the stored snapshot is damaged at ${place}: expected ${expected}`);
}

export const text: ShapeCheck = (value, place) => {
  if (typeof value !== "string") wrong(place, "a string");
};

export const integer: ShapeCheck = (value, place) => {
  if (!Number.isSafeInteger(value)) wrong(place, "an integer");
};

export const boolean: ShapeCheck = (value, place) => {
  if (typeof value !== "boolean") wrong(place, "true or false");
};

export function oneOf(...choices: readonly string[]): ShapeCheck {
  return (value, place) => {
    if (!choices.includes(value as string)) wrong(place, `one of ${choices.join(", ")}`);
  };
}

export function optional(check: ShapeCheck): ShapeCheck {
  return (value, place) => {
    if (value !== undefined) check(value, place);
  };
}

export function orNull(check: ShapeCheck): ShapeCheck {
  return (value, place) => {
    if (value !== null) check(value, place);
  };
}

export function arrayOf(check: ShapeCheck): ShapeCheck {
  return (value, place) => {
    if (!Array.isArray(value)) return wrong(place, "an array");
    for (const [index, element] of value.entries()) check(element, `${place}[${index}]`);
  };
}

/** An object with any keys, whose values all pass one check. */
export function recordOf(check: ShapeCheck): ShapeCheck {
  return (value, place) => {
    for (const [key, element] of Object.entries(requireObject(value, place)))
      check(element, `${place}.${key}`);
  };
}

/** An object with exactly these keys. */
export function objectOf(checks: Readonly<Record<string, ShapeCheck>>): ShapeCheck {
  return (value, place) => {
    const object = requireObject(value, place);
    for (const [key, check] of Object.entries(checks)) check(object[key], `${place}.${key}`);
    const extra = Object.keys(object).find(key => !Object.hasOwn(checks, key));
    if (extra !== undefined) wrong(`${place}.${extra}`, "no such property");
  };
}

function requireObject(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return wrong(place, "an object");
  return value as Record<string, unknown>;
}
