import { ValueError } from "../errors.ts";
import type { Codec } from "./codec.ts";
import { problem } from "./problem.ts";
import { scalarCodec } from "./scalar.ts";

function parseBoolean(text: string): boolean {
  if (/^(?:t|true|yes|on|1)$/i.test(text)) return true;
  if (/^(?:f|false|no|off|0)$/i.test(text)) return false;
  throw new ValueError(`${text} is neither true nor false`);
}

export const booleanCodec = (): Codec =>
  scalarCodec<boolean>({
    form: "boolean",
    castType: "bool",
    family: "boolean",
    parse: parseBoolean,
    check: value => (typeof value === "boolean" ? undefined : problem("true or false", value)),
    print: String,
  });
