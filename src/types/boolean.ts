import { ValueError } from "../errors.ts";
import type { Codec } from "./codec.ts";
import { problem } from "./problem.ts";
import { scalarCodec } from "./scalar.ts";

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...["t", "true", "yes", "on", "1"].map(word => [word, true] as const),
  ...["f", "false", "no", "off", "0"].map(word => [word, false] as const),
]);

function parseBoolean(text: string): boolean {
  const value = WORDS.get(text.toLowerCase());
  if (value === undefined) throw new ValueError(`${text} is neither true nor false`);
  return value;
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
