import { ArgumentError } from "../errors.ts";
import { isPlainObject } from "./plain-object.ts";
import type { AnySchema } from "./snapshot.ts";

/** Throws ArgumentError for anything but a snapshot, such as the table's name if the snapshot was forgotten. */
export function requireSnapshot(schema: unknown): asserts schema is AnySchema {
  if (!Array.isArray((schema as Partial<AnySchema> | null | undefined)?.relations))
    throw new ArgumentError("schema must be a snapshot; load one with loadSchema");
}

/** Throws ArgumentError for anything but an array. */
export function requireArray(name: string, value: unknown): void {
  if (!Array.isArray(value)) throw new ArgumentError(`${name} must be an array${promiseAdvice(value)}`);
}

/** Throws ArgumentError for anything but a plain object, such as an instance of a class. */
export function requireObject(name: string, value: unknown): void {
  if (isPlainObject(value)) return;
  const isInstance = typeof value === "object" && value !== null && !Array.isArray(value);
  const advice = promiseAdvice(value) || (isInstance ? "; spread an instance: { ...instance }" : "");
  throw new ArgumentError(`${name} must be a plain object${advice}`);
}

function promiseAdvice(value: unknown): string {
  return value instanceof Promise ? "; await the promise" : "";
}

/** Throws ArgumentError for anything but a function. */
export function requireFunction(name: string, value: unknown): void {
  if (typeof value !== "function") throw new ArgumentError(`${name} must be a function`);
}
