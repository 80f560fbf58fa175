/** An invalid part of plain JSON data. */
export interface Damage {
  /** `.relations[0].name` */
  readonly place: string;
  readonly expected: string;
}

/** Checks plain JSON data; returns the first invalid part. Its place is only composed when there is one. */
export type ShapeCheck = (value: unknown) => Damage | undefined;

const leaf = (expected: string): Damage => ({ place: "", expected });

const STRING = leaf("a string");
const INTEGER = leaf("an integer");
const BOOLEAN = leaf("true or false");
const ARRAY = leaf("an array");
const OBJECT = leaf("an object");

function within(place: string, damage: Damage): Damage {
  return { ...damage, place: place + damage.place };
}

export const text: ShapeCheck = value => (typeof value === "string" ? undefined : STRING);

export const integer: ShapeCheck = value => (Number.isSafeInteger(value) ? undefined : INTEGER);

export const boolean: ShapeCheck = value => (typeof value === "boolean" ? undefined : BOOLEAN);

export function oneOf(...choices: readonly string[]): ShapeCheck {
  return value => (choices.includes(value as string) ? undefined : leaf(`one of ${choices.join(", ")}`));
}

export function optional(check: ShapeCheck): ShapeCheck {
  return value => (value === undefined ? undefined : check(value));
}

export function orNull(check: ShapeCheck): ShapeCheck {
  return value => (value === null ? undefined : check(value));
}

export function arrayOf(check: ShapeCheck): ShapeCheck {
  return value => {
    if (!Array.isArray(value)) return ARRAY;
    for (let index = 0; index < value.length; index++) {
      const damage = check(value[index]);
      if (damage !== undefined) return within(`[${index}]`, damage);
    }
    return undefined;
  };
}

/** An object with any keys, whose values all pass one check. */
export function recordOf(check: ShapeCheck): ShapeCheck {
  return value => {
    if (!isObject(value)) return OBJECT;
    for (const key in value) {
      const damage = check(value[key]);
      if (damage !== undefined) return within(`.${key}`, damage);
    }
    return undefined;
  };
}

/** An object with exactly these keys. */
export function objectOf(checks: Readonly<Record<string, ShapeCheck>>): ShapeCheck {
  const entries = Object.entries(checks);
  return value => {
    if (!isObject(value)) return OBJECT;
    for (let at = 0; at < entries.length; at++) {
      const [key, check] = entries[at]!;
      const damage = check(value[key]);
      if (damage !== undefined) return within(`.${key}`, damage);
    }
    for (const key in value)
      if (!Object.hasOwn(checks, key)) return within(`.${key}`, leaf("no such property"));
    return undefined;
  };
}

/** An object whose property names its shape. */
export function variantOf(name: string, shapes: Readonly<Record<string, ShapeCheck>>): ShapeCheck {
  const variant = oneOf(...Object.keys(shapes));
  return value => {
    const given = isObject(value) ? value[name] : undefined;
    const damage = variant(given);
    return damage === undefined ? shapes[given as string]!(value) : within(`.${name}`, damage);
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
