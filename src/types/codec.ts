import type { Comparison } from "./check-expression.ts";
import type { JsonForms } from "./json-forms.ts";

/**
 * The one rule for a PostgreSQL type with its modifier: what a row holds, what input is
 * accepted, how it is sent and how it is read. Values are sent in text format (parameters as
 * `$1::text::T`), because text is exact in both driver modes and still works after a type has been recreated.
 */
export interface Codec {
  /** The JavaScript form, for messages and generated types: `number`, `string`, `Date`, `number[]`. */
  readonly form: string;
  /** The TypeScript type of what is accepted: `string | number | bigint`. */
  readonly input: string;
  /** Cast target in SQL, quoted where needed, never with a length modifier (a cast truncates silently): `int4`, `"public"."mood"`. */
  readonly castType: string;
  /** Appended to a column in a select list so that the driver's value is exact: `""`, `::text`, `::text[]`, `::numeric`. */
  readonly readCast: string;
  /** The driver's value (never null) → the row's value; null if they are equal in both driver modes. */
  readonly decode: ((value: unknown) => unknown) | null;
  /** PostgreSQL's text → the row's value: inside composites, ranges and array literals. */
  readonly parse: (text: string) => unknown;
  /** Why an input value (never null or undefined) is rejected; undefined if PostgreSQL stores it exactly. */
  readonly check: (value: unknown) => Problem | undefined;
  /** A value that passed `check` → its text for PostgreSQL. */
  readonly print: (value: unknown) => string;
  /**
   * The text of the last value that reads as the same JavaScript value, where a value stands for several: a `Date` for
   * the 1,000 microseconds of its millisecond.
   */
  readonly last?: (value: unknown) => string | undefined;
  /** The SQL operator for equality; null if the type has none (json, xml, path). */
  readonly equals: "=" | "~=" | null;
  /** Compares two printed values, for the bounds of ranges; absent if the order depends on a collation. */
  readonly order?: (a: string, b: string) => number;
  /** Set if a domain's NOT NULL forbids null elements and fields. */
  readonly rejectsNull?: true;
  /** The JSON Schemas of the type, if they say more than the shape. */
  readonly json?: JsonForms;
  /** The comparisons of a domain's CHECK constraints, for JSON Schema. */
  readonly comparisons?: readonly Comparison[];
  /** The structure of the type, for operators and valibot schemas. */
  readonly shape: Shape;
}

/** Why a value is rejected: the expected and the received value, and the place inside the value. */
export interface Problem {
  /** A phrase that completes "expected ...": `an integer from -32768 to 32767`. */
  readonly expected: string;
  /** The received value, abbreviated, as JavaScript writes it. */
  readonly received: string;
  /** The effect that PostgreSQL would have had on the value: `it would be rounded to 2 decimal places`. */
  readonly reason?: string;
  /** The application's message, in place of the others. */
  readonly message?: string;
  /** Array indices, composite fields and JSON keys that lead to the invalid part. */
  readonly path?: readonly (string | number)[];
}

export type Shape =
  | { readonly kind: "scalar"; readonly family: Family }
  | { readonly kind: "enum"; readonly labels: readonly string[] }
  | { readonly kind: "array"; readonly element: Codec }
  | {
      readonly kind: "composite";
      readonly fields: readonly { readonly name: string; readonly codec: Codec }[];
    }
  | { readonly kind: "range"; readonly subtype: Codec }
  | { readonly kind: "multirange"; readonly range: Codec };

/** Groups of scalar types that share operators and JSON Schema. */
export type Family =
  | "integer"
  | "float"
  | "bigint"
  | "numeric"
  | "boolean"
  | "text"
  | "datetime"
  | "interval"
  | "bytes"
  | "json"
  | "bits"
  | "network"
  | "geometry"
  | "other";
