import { derive } from "../schema/derived.ts";
import type { AnySchema, JsTypes, Relation } from "../schema/snapshot.ts";
import { copyRelation } from "./plan-mark.ts";

// Plans and codecs are cached by the relations and the types, which scoped snapshots share.
const exactParts = derive((relations: readonly Relation[], { types }: AnySchema) => ({
  relations: relations.map(relation => copyRelation(relation)),
  types: Object.freeze({ ...types }),
}));

/** The snapshot whose timestamps are PostgreSQL's text, for values that rowfn uses as identity. */
export function exactTimestamps<Schema extends AnySchema>(schema: Schema): Schema {
  const { columns, ...forms } = schema.jsTypes;
  const others = Object.entries(columns).filter(([, form]) => form !== "Date");
  const jsTypes: JsTypes = {
    ...forms,
    timestamp: "string",
    timestamptz: "string",
    columns: Object.fromEntries(others),
  };
  return Object.freeze({ ...schema, ...exactParts(schema.relations, schema), jsTypes });
}
