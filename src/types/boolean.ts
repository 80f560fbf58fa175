import type { Codec } from "./codec.ts";
import { problem } from "./problem.ts";
import { scalarCodec } from "./scalar.ts";

export const booleanCodec = (): Codec =>
  scalarCodec<boolean>({
    form: "boolean",
    castType: "bool",
    family: "boolean",
    parse: text => text === "t" || text === "true",
    check: value => (typeof value === "boolean" ? undefined : problem("true or false", value)),
    print: String,
  });
