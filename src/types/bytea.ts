import { ValueError } from "../errors.ts";
import type { Codec } from "./codec.ts";
import { problem } from "./problem.ts";
import { scalarCodec } from "./scalar.ts";

/** bytea: a plain Uint8Array, not the driver's Buffer. */
export const byteaCodec = (): Codec =>
  scalarCodec<Uint8Array | ArrayBuffer>({
    form: "Uint8Array",
    input: "Uint8Array | ArrayBuffer",
    castType: "bytea",
    family: "bytes",
    decode: plainBytes,
    parse: parseHex,
    check: value =>
      value instanceof Uint8Array || value instanceof ArrayBuffer
        ? undefined
        : problem("a Uint8Array or ArrayBuffer", value),
    print: value => `\\x${(value instanceof Uint8Array ? value : new Uint8Array(value)).toHex()}`,
  });

function plainBytes(value: unknown): Uint8Array {
  const bytes = value as Uint8Array;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function parseHex(text: string): Uint8Array {
  if (text.startsWith("\\x")) return Uint8Array.fromHex(text.slice(2));
  throw new ValueError("the session's bytea_output is not hex; set it to hex");
}
