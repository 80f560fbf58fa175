import { derive } from "../schema/derived.ts";
import { type AnySchema, FILTER_FORMS, type JsTypes, type Relation } from "../schema/snapshot.ts";
import { copyRelation } from "./plan-mark.ts";

/** The snapshot with exact JavaScript forms: strings for timestamps, with their microseconds, and for json. */
export const exactForms: (schema: AnySchema) => AnySchema = derive(schema =>
  Object.freeze({
    ...schema,
    ...copyParts(schema),
    jsTypes: Object.freeze({
      ...{ int8: "string", timestamp: "string", timestamptz: "string" },
      ...{ json: "string", columns: {} },
    }) as JsTypes,
  }),
);

/** As `exactForms`, for reading rows: values of filters have the forms of the caller's snapshot. */
export const exactReads: (schema: AnySchema) => AnySchema = derive(schema =>
  Object.freeze({ ...exactForms(schema), ...copyParts(schema), [FILTER_FORMS]: schema }),
);

// Plans and codecs are cached by the relations and the types, so that other forms need copies of them.
function copyParts({ relations, types }: AnySchema): Pick<AnySchema, "relations" | "types"> {
  return {
    relations: relations.map(relation => copyRelation(relation)),
    types: Object.freeze({ ...types }),
  };
}

// Scoped snapshots share the relations.
const exactParts = derive((_relations: readonly Relation[], schema: AnySchema) => copyParts(schema));

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
