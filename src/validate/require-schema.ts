import { ArgumentError } from "../errors.ts";

/** Whether a value is a valibot schema. */
export function isSchema(value: unknown): boolean {
  return typeof value === "object" && value !== null && "~run" in value;
}

/** The value; throws ArgumentError for anything but a valibot schema whose result is there at once. */
export function requireSchema(name: string, value: unknown): unknown {
  if (!isSchema(value)) throw new ArgumentError(`${name} must be a valibot schema`);
  // The promise of its result would be taken for a result without issues and without a value.
  if ((value as { readonly async?: unknown }).async === true)
    throw new ArgumentError(`${name} must be a valibot schema that is not async`);
  return value;
}
