import type { JsonNull } from "./json-null.ts";

/** What a json or jsonb column holds: JSON's null at the top is `jsonNull`, because `null` is SQL's NULL. */
export type Json = JsonNull | string | number | boolean | JsonArray | JsonObject;

/** The same with whole numbers that a double cannot hold as bigint, by `types: { json: "bigint" }`. */
export type JsonWithBigints =
  | JsonNull
  | string
  | number
  | bigint
  | boolean
  | readonly (JsonWithBigints | null)[]
  | { readonly [key: string]: JsonWithBigints | null };

export type JsonArray = readonly (Json | null)[];
export interface JsonObject {
  readonly [key: string]: Json | null;
}
