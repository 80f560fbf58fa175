import { ArgumentError } from "../errors.ts";

/** Whether a value is a valibot schema. */
export function isSchema(value: unknown): boolean {
  return typeof value === "object" && value !== null && "~run" in value;
}

/** The value; throws ArgumentError for anything but a valibot schema. */
export function requireSchema(name: string, value: unknown): unknown {
  if (isSchema(value)) return value;
  throw new ArgumentError(`${name} must be a valibot schema`);
}
