import { ValueError } from "../errors.ts";
import type { Codec } from "../types/codec.ts";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...{ true: true, t: true, yes: true, on: true, 1: true },
  ...{ false: false, f: false, no: false, off: false, 0: false },
};

/**
 * A text as a value of a type. What cannot be read stays a text, which the type's rule refuses.
 * @param where `table.column`, for messages
 */
export function textValue(where: string, codec: Codec, text: string): unknown {
  switch (codec.shape.kind === "scalar" ? codec.shape.family : codec.shape.kind) {
    case "json":
      return jsonValue(where, codec, text);
    case "integer":
      return NUMBER.test(text) ? Number(text) : text;
    case "float":
      return text.trim() === "" ? text : parsed(codec, text);
    case "boolean":
      return BOOLEANS[text.toLowerCase()] ?? text;
    default:
      return codec.check(text) === undefined ? text : parsed(codec, text);
  }
}

function parsed(codec: Codec, text: string): unknown {
  try {
    return codec.parse(text);
  } catch {
    return text;
  }
}

// A text that is no JSON would be accepted as a JSON string.
function jsonValue(where: string, codec: Codec, text: string): unknown {
  try {
    return codec.parse(text);
  } catch (error) {
    throw new ValueError(`${where}: expected JSON, received ${JSON.stringify(text)}`, { cause: error });
  }
}
