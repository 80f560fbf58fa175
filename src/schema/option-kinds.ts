/** A form of option values that `requireOptions` checks. */
export type OptionKind =
  | "boolean"
  | "function"
  | "string"
  | "text"
  | "list"
  | "object"
  | "list or object"
  | "signal"
  | "count";

/** The description of the kind in messages. */
export const KIND_TEXTS: Readonly<Record<OptionKind, string>> = {
  boolean: "true or false",
  function: "a function",
  string: "a string",
  text: "a non-empty string",
  list: "an array",
  ...{ object: "a plain object", "list or object": "an array or a plain object" },
  ...{ signal: "an AbortSignal", count: "a non-negative integer" },
};

const NAMES: Partial<Readonly<Record<OptionKind, string>>> = {
  // The text "false" must not mean true.
  boolean: `all allowLoss alter cascade columnOrder concurrently deferrable detach dryRun estimate functions header
    idempotent ifExists ifNotExists inserted many materialized noWait nullsNotDistinct overriding partitions readOnly
    replace restartIdentity shared skipLocked total transform validate`,
  function:
    "onError onGap onInvalid onJob onListen onLost onMigration onPosition onProgress onStatement backoff",
  string: `comment config cookieName description etag from headerName into language name prefix schema since snapshot title
    version`,
  // An empty key would sign nothing.
  text: "secret",
  list: "sort",
  object: "comments defaults generated headers rename statuses types values",
  "list or object": "checks foreignKeys",
  signal: "signal",
};

/**
 * The kinds of the options that have one meaning in every function, by name. A value of a different kind would be ignored, or
 * fail later with an error that does not name the option.
 */
export const OPTION_KINDS: ReadonlyMap<string, OptionKind> = new Map(
  Object.entries(NAMES).flatMap(([kind, names]) =>
    names.split(/\s+/).map(name => [name, kind as OptionKind] as const),
  ),
);
