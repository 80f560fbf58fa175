/** The head of an OpenAPI document. */
export interface OpenApiInfo {
  /** The title of the API. */
  readonly title: string;
  /** The version of the API. */
  readonly version: string;
  /** The description of the API, in Markdown. */
  readonly description?: string;
  /** The security schemes by name, one of which a request needs: `{ token: { type: "http", scheme: "bearer" } }`. */
  readonly security?: Readonly<Record<string, JsonObject>>;
  /**
   * Your own operations, in addition to those of the tables: `{ "/health": { get: { responses: { 200: { description:
   * "alive" } } } } }`.
   */
  readonly paths?: Readonly<Record<string, JsonObject>>;
}

/** A JSON Schema, or another object of an OpenAPI document. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Objects of an OpenAPI document by their names. */
export type JsonObjects = Readonly<Record<string, JsonObject>>;
