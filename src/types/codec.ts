/**
 * What rowfn knows about one PostgreSQL type with its modifier: one rule says what a row holds, what input is
 * accepted, how it is sent and how it is read. Values travel as PostgreSQL's text in both directions (parameters as
 * `$1::text::T`), because text is exact in both driver modes and survives a type that was dropped and made again.
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
  /** The driver's value (never null) → the row's value; null when the driver's is right already in both driver modes. */
  readonly decode: ((value: unknown) => unknown) | null;
  /** PostgreSQL's text → the row's value: inside composites, ranges and array literals. */
  readonly parse: (text: string) => unknown;
  /** The reason this input value (never null or undefined) is refused; undefined when PostgreSQL will store exactly it. */
  readonly check: (value: unknown) => Problem | undefined;
  /** A value that passed `check` → the text PostgreSQL reads. */
  readonly print: (value: unknown) => string;
  /** How two values are compared for equality in SQL; null when the type has no equality (json, xml, path). */
  readonly equals: "=" | "~=" | null;
  /** How two printed values compare, where that does not depend on a collation: for the bounds of ranges. */
  readonly order?: (a: string, b: string) => number;
  /** A domain's NOT NULL, which a null element or field breaks. */
  readonly refusesNull?: true;
  /** What the type is made of, for operators and schemas. */
  readonly shape: Shape;
}

/** Why a value is refused: what was expected, what came, where inside the value. */
export interface Problem {
  /** A phrase that completes "expected ...": `an integer from -32768 to 32767`. */
  readonly expected: string;
  /** What came, short and in JavaScript's spelling; never a whole document. */
  readonly received: string;
  /** Says what PostgreSQL would have done, when that explains it: `would be rounded to 2 decimals`. */
  readonly reason?: string;
  /** Array indices, composite fields, JSON keys from the value to the part that is wrong. */
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
