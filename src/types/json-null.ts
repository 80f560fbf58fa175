/** JSON's null as a whole json or jsonb value, apart from SQL's NULL, which is JavaScript's `null`. */
export interface JsonNull {
  toJSON(): null;
}

/**
 * JSON's null as a json or jsonb value: what a row holds where the column has `'null'::jsonb`, and what to give to
 * store it. Inside a document JSON's null is plain `null`.
 * @example `await insert(sql, schema, "setting", { name: "theme", value: jsonNull })`
 */
export const jsonNull: JsonNull = Object.freeze({ toJSON: (): null => null });
