import { ValueError } from "../errors.ts";
import type { Codec } from "../types/codec.ts";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...{ true: true, t: true, yes: true, on: true, 1: true },
  ...{ false: false, f: false, no: false, off: false, 0: false },
};

/**
 * Parses a text as a value of a type. An invalid text is returned unchanged, because validation rejects it.
 * @param place `table.column`, for messages
 * @throws ValueError if the type is json and the text is invalid
 */
export function parseValue(place: string, codec: Codec, text: string): unknown {
  switch (codec.shape.kind === "scalar" ? codec.shape.family : codec.shape.kind) {
    case "json":
      return parseJsonText(place, codec, text);
    case "integer":
      return NUMBER.test(text) ? Number(text) : text;
    case "float":
      return text.trim() === "" ? text : parseOrKeep(codec, text);
    case "boolean":
      return BOOLEANS[text.toLowerCase()] ?? text;
    default:
      return codec.check(text) === undefined ? text : parseOrKeep(codec, text);
  }
}

function parseOrKeep(codec: Codec, text: string): unknown {
  try {
    return codec.parse(text);
  } catch {
    return text;
  }
}

// Validation would accept any text as a JSON string.
function parseJsonText(place: string, codec: Codec, text: string): unknown {
  try {
    return codec.parse(text);
  } catch (error) {
    throw new ValueError(`${place}: expected JSON, received ${JSON.stringify(text)}`, { cause: error });
  }
}
