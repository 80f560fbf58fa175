import { ArgumentError, UnknownNameError } from "../errors.ts";
import { nearest } from "./nearest.ts";
import { isPlainObject } from "./plain-object.ts";

/** The names of the options in a type, for `requireOptions`; the compiler rejects a name that is missing. */
export type OptionNames<Options> = { readonly [Name in keyof Options]-?: true };

/** The options of `Limits`. */
export const LIMIT_OPTIONS = { signal: true, timeout: true } as const;

/** The options of every function that sends statements. */
export const SEND_OPTIONS = { onStatement: true, signal: true, timeout: true } as const;

/** Throws UnknownNameError for an option that the function does not have, ArgumentError for anything but an object. */
export function requireOptions(name: string, options: unknown, known: Readonly<Record<string, true>>): void {
  if (options === undefined) return;
  if (!isPlainObject(options)) throw new ArgumentError(`${name}: the options must be a plain object`);
  for (const option in options)
    if (known[option] !== true)
      throw new UnknownNameError(
        `${name} has no option ${JSON.stringify(option)}${nearest(option, Object.keys(known))}`,
      );
}
