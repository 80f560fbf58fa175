import { ArgumentError } from "../errors.ts";
import { nearest } from "./nearest.ts";
import type { JsTypes } from "./snapshot.ts";

/** The forms each type can have in a row; the first is the default. */
export const JS_TYPE_CHOICES: {
  readonly [Type in Exclude<keyof JsTypes, "columns">]: readonly JsTypes[Type][];
} = {
  int8: ["string", "bigint", "number"],
  timestamp: ["Date", "string"],
  timestamptz: ["Date", "string"],
  json: ["parse", "bigint", "string"],
};

const DEFAULT_JS_TYPES: JsTypes = {
  int8: "string",
  timestamp: "Date",
  timestamptz: "Date",
  json: "parse",
  columns: {},
};

/** The defaults with the caller's choices; throws ArgumentError for one that does not exist. */
export function chosenJsTypes(choices: Partial<JsTypes> = {}): JsTypes {
  const { columns = {}, ...types } = choices;
  for (const [type, choice] of Object.entries(types)) {
    if (!Object.hasOwn(JS_TYPE_CHOICES, type)) {
      const known = Object.keys(JS_TYPE_CHOICES);
      throw new ArgumentError(
        `types: ${JSON.stringify(type)} has no choice of forms, only ${known.join(", ")}.${nearest(type, known)}`,
      );
    }
    const forms: readonly string[] = JS_TYPE_CHOICES[type as keyof typeof JS_TYPE_CHOICES];
    if (!forms.includes(choice as string)) {
      throw new ArgumentError(
        `types: ${type} is one of ${forms.map(form => JSON.stringify(form)).join(", ")}`,
      );
    }
  }
  return { ...DEFAULT_JS_TYPES, ...types, columns: { ...columns } };
}
