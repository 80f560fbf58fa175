/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** An object with exactly these properties. */
export function objectSchema(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

/** The JSON Schemas of a type where they follow from more than its shape. */
export interface JsonForms {
  /** Accepted values as JSON. */
  readonly input: JsonSchema;
  /** The values of rows as JSON; default: the same. */
  readonly row?: JsonSchema;
  /** The values in the body of a request, which can repeat the text of a response, such as that of a Date; default: `input`. */
  readonly body?: JsonSchema;
}
