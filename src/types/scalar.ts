import type { Codec, Family, Problem } from "./codec.ts";
import type { JsonForms } from "./json-forms.ts";

/** The parts of a codec that differ between scalar types. */
export interface ScalarType<Value> {
  readonly form: string;
  /** The TypeScript type of what is accepted; default: the form. */
  readonly input?: string;
  readonly castType: string;
  readonly family: Family;
  readonly check: (value: unknown) => Problem | undefined;
  readonly print: (value: Value) => string;
  readonly parse: (text: string) => unknown;
  readonly readCast?: string;
  readonly decode?: (value: unknown) => unknown;
  readonly equals?: "~=" | null;
  readonly json?: JsonForms;
  readonly order?: (a: string, b: string) => number;
  readonly last?: (value: Value) => string | undefined;
}

/** The codec of a scalar type. */
export function scalarCodec<Value>(type: ScalarType<Value>): Codec {
  return Object.freeze({
    form: type.form,
    input: type.input ?? type.form,
    castType: type.castType,
    readCast: type.readCast ?? "",
    decode: type.decode ?? null,
    parse: type.parse,
    check: type.check,
    print: type.print as Codec["print"],
    equals: type.equals === undefined ? "=" : type.equals,
    ...(type.order && { order: type.order }),
    ...(type.json && { json: type.json }),
    ...(type.last && { last: type.last as NonNullable<Codec["last"]> }),
    shape: Object.freeze({ kind: "scalar", family: type.family }),
  });
}

type Textual = Omit<ScalarType<string>, "form" | "parse" | "print"> & Partial<ScalarType<string>>;

/** The codec of a scalar type whose JavaScript value is PostgreSQL's text. */
export function stringCodec(type: Textual): Codec {
  return scalarCodec<string>({ form: "string", parse: String, print: String, ...type });
}
