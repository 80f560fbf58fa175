import type { Codec, Problem } from "./codec.ts";
import type { JsonForms } from "./json-forms.ts";
import { problem } from "./problem.ts";
import { stringCodec } from "./scalar.ts";

/** The codec of pg_lsn: two hexadecimal numbers of up to 32 bits. */
export function lsnCodec(): Codec {
  const pattern = /^[\dA-Fa-f]{1,8}\/[\dA-Fa-f]{1,8}$/;
  return patternCodec("pg_lsn", 'a log sequence number such as "16/B374D848"', text => pattern.test(text), {
    input: { type: "string", pattern: pattern.source },
  });
}

const MAX_UINT8 = 2n ** 64n - 1n;

/** The codec of xid8, an unsigned integer of 64 bits as text. */
export function xid8Codec(): Codec {
  return patternCodec(
    "xid8",
    `digits of an integer from 0 to ${MAX_UINT8}`,
    text => /^\d{1,20}$/.test(text) && BigInt(text) <= MAX_UINT8,
    {
      input: { type: "string", pattern: String.raw`^\d{1,19}$` },
      row: { type: "string", pattern: String.raw`^\d{1,20}$` },
    },
  );
}

/** The codec of tid: the number of a block and of a row in it. */
export function tidCodec(): Codec {
  return patternCodec(
    "tid",
    'a block and a row such as "(0,1)"',
    text => {
      const [, block, row] = /^\((\d{1,10}),(\d{1,5})\)$/.exec(text) ?? [];
      return row !== undefined && Number(block) <= 4_294_967_295 && Number(row) <= 65_535;
    },
    {
      input: { type: "string", pattern: String.raw`^\(\d{1,9},\d{1,4}\)$` },
      row: { type: "string", pattern: String.raw`^\(\d{1,10},\d{1,5}\)$` },
    },
  );
}

function patternCodec(
  castType: string,
  expected: string,
  isValid: (text: string) => boolean,
  json: JsonForms,
): Codec {
  const check = (value: unknown): Problem | undefined =>
    typeof value === "string" && isValid(value) ? undefined : problem(expected, value);
  return stringCodec({ castType, family: "other", check, json });
}
