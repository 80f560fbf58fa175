import { requireEnumerable } from "../driver/handle.ts";
import { ArgumentError, ScopeError, UnknownNameError } from "../errors.ts";
import { nearest } from "./nearest.ts";
import { KIND_TEXTS, OPTION_KINDS, type OptionKind } from "./option-kinds.ts";
import type { AnySchema } from "./snapshot.ts";

/** Whether a value is a plain object, not an instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether a value is a snapshot. */
export function isSnapshot(value: unknown): value is AnySchema {
  return Array.isArray((value as Partial<AnySchema> | null | undefined)?.relations);
}

/** Throws ArgumentError for anything but a snapshot, such as the table's name if the snapshot was forgotten. */
export function requireSnapshot(schema: unknown): asserts schema is AnySchema {
  if (isSnapshot(schema)) return;
  const advice =
    schema instanceof Promise
      ? "await the promise"
      : typeof schema === "string"
        ? "pass it before the table"
        : typeof schema === "function"
          ? "the handle comes first: (sql, schema, ...)"
          : "load one with loadSchema";
  throw new ArgumentError(`schema must be a snapshot; ${advice}`);
}

/** Throws ScopeError for a scoped snapshot: a caller limited to some rows must not change the table for everyone. */
export function requireUnscoped(schema: AnySchema): void {
  requireSnapshot(schema);
  if (Object.keys(schema.scope).length > 0)
    throw new ScopeError("a scoped snapshot cannot be used to change tables; pass unscoped(schema)");
}

/** Throws ArgumentError for anything but an array, and for one with a hole. */
export function requireArray(name: string, value: unknown): void {
  if (Array.isArray(value)) return void requireNoHole(name, value);
  const advice = promiseAdvice(value);
  throw new ArgumentError(`${name} must be an array, received ${kindOf(value)}${advice}`);
}

/** Throws ArgumentError for an array with a hole, as in `["a", , "b"]`, which array methods skip. */
export function requireNoHole(name: string, array: readonly unknown[]): void {
  for (let index = 0; index < array.length; index++)
    if (!(index in array))
      throw new ArgumentError(`${name}: the array has a hole at index ${index}; fill or remove it`);
}

/** Throws ArgumentError for anything but a plain object, such as an instance of a class. */
export function requireObject(name: string, value: unknown): void {
  if (isPlainObject(value)) return;
  const advice = promiseAdvice(value) || instanceAdvice(value);
  throw new ArgumentError(`${name} must be a plain object, received ${kindOf(value)}${advice}`);
}

/** The valid strings of an option, for messages: `"a", "b" or "c"`. */
export function choiceText(values: readonly string[]): string {
  const quoted = values.map(value => JSON.stringify(value));
  return `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

// Without the value itself, because a text in place of a row can be a whole row with its secrets.
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (value === "") return "an empty string";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (isPlainObject(value)) return ownKind(value) ?? "an object";
  return `an instance of ${Object.getPrototypeOf(value)?.constructor?.name || "a class"}`;
}

/** The kind of a value that rowfn created, such as `raw SQL`; undefined for other values. */
export function ownKind(value: object): string | undefined {
  const [symbol] = Object.getOwnPropertySymbols(value);
  return symbol?.description?.startsWith(OWN) ? symbol.description.slice(OWN.length) : undefined;
}

/** The prefix of the symbols that identify values which rowfn created, such as operators. */
const OWN = "rowfn: ";

function instanceAdvice(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "";
  if (isOfEntries(value)) return "; pass Object.fromEntries(...) of it";
  if (value instanceof Set) return "; pass an array: [...set]";
  return Object.keys(value).length > 0 ? "; spread an instance: { ...instance }" : "";
}

function isOfEntries(value: object): boolean {
  return ENTRIES.some(kind => value instanceof kind);
}

const ENTRIES: readonly (new () => object)[] = [Map, FormData, Headers, URLSearchParams];

function promiseAdvice(value: unknown): string {
  return value instanceof Promise ? "; await the promise" : "";
}

/** Throws ArgumentError for anything but a function. */
export function requireFunction(name: string, value: unknown): void {
  if (typeof value !== "function")
    throw new ArgumentError(`${name} must be a function, received ${kindOf(value)}`);
}

/** The options that a function has. */
export type KnownOptions = Readonly<Record<string, true | OptionKind>>;

/** The names of the options in a type, for `requireOptions`, or their kinds; the compiler rejects a name that is missing. */
export type OptionNames<Options> = { readonly [Name in keyof Options]-?: true | OptionKind };

/** The options of `Limits`. */
export const LIMIT_OPTIONS = { signal: true, timeout: true } as const;

/** The options of every function that sends statements. */
export const SEND_OPTIONS = { onStatement: true, signal: true, timeout: true } as const;

/**
 * Throws UnknownNameError for an option that the function does not have, ArgumentError for anything but an object and for
 * a value of a different kind than the option's.
 */
export function requireOptions(name: string, options: unknown, known: KnownOptions): void {
  if (options === undefined) return;
  if (!isPlainObject(options))
    throw new ArgumentError(`${name}: the options must be a plain object, received ${kindOf(options)}`);
  requireEnumerable(name, options);
  for (const option in options) {
    const kind = known[option];
    if (kind !== true && typeof kind !== "string") {
      const names = Object.keys(known);
      const advice = nearest(option, names) || `; the options are ${names.join(", ")}`;
      throw new UnknownNameError(`${name} has no option ${JSON.stringify(option)}${advice}`);
    }
    const value = options[option];
    if (value !== undefined) requireOption(name, option, value, kind);
  }
}

function requireOption(name: string, option: string, value: unknown, known: true | OptionKind): void {
  const kind = known === true ? OPTION_KINDS.get(option) : known;
  if (kind === "boolean") requireBoolean(`${name}: ${option}`, value);
  else if (typeof value === "object" && value !== null && !CHECKED_LATER.has(option) && isNoOption(value))
    throw new ArgumentError(
      `${name}: ${option} must not be ${kindOf(value)}${promiseAdvice(value) || instanceAdvice(value)}`,
    );
  else if (kind !== undefined && !isOfKind[kind](value))
    throw new ArgumentError(`${name}: ${option} must be ${KIND_TEXTS[kind]}, received ${kindOf(value)}`);
}

const isOfKind: Readonly<Record<OptionKind, (value: unknown) => boolean>> = {
  boolean: value => typeof value === "boolean",
  function: value => typeof value === "function",
  string: value => typeof value === "string",
  text: value => typeof value === "string" && value !== "",
  list: Array.isArray,
  object: isPlainObject,
  "list or object": value => Array.isArray(value) || isPlainObject(value),
  signal: value => value instanceof AbortSignal,
  count: value => Number.isSafeInteger(value) && (value as number) >= 0,
};

// The functions list all forms of these options.
const CHECKED_LATER: ReadonlySet<string> = new Set(["where", "having", "returning", "update"]);

// Object.entries of these is empty, so that a record or a filter would seem to be empty.
function isNoOption(value: object): boolean {
  return isOfEntries(value) || value instanceof Set || value instanceof Promise;
}

/** Throws ArgumentError for an option of the runner that its statement cannot have, and would ignore. */
export function rejectRunnerOptions(builder: string, options: unknown, names: readonly string[]): void {
  for (const name of names)
    if ((options as Readonly<Record<string, unknown>>)[name] !== undefined)
      throw new ArgumentError(
        `${builder}: ${name} is an option of ${builder.slice(0, -"Sql".length)}, which reads more than this statement; leave it out`,
      );
}

/** Throws ArgumentError for a value other than true, false and undefined. */
export function requireBoolean(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "boolean")
    throw new ArgumentError(`${name} must be true or false, received ${shownValue(value)}`);
}

/** A value in a message: strings as they are, others by their type. */
export function shownValue(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : value === null ? "null" : typeof value;
}
