import { derive } from "../schema/derived.ts";
import type { AnySchema, JsTypes } from "../schema/snapshot.ts";
import { copyRelation } from "./plan-mark.ts";

/** The snapshot with exact JavaScript forms: strings for timestamps, with their microseconds, and for json. */
export const exactForms: (schema: AnySchema) => AnySchema = derive(withForms);

// Copies of the relations and types, because plans and codecs are cached by them.
function withForms(schema: AnySchema): AnySchema {
  return Object.freeze({
    ...schema,
    relations: schema.relations.map(relation => copyRelation(relation)),
    types: Object.freeze({ ...schema.types }),
    jsTypes: Object.freeze({
      ...{ int8: "string", timestamp: "string", timestamptz: "string" },
      ...{ json: "string", columns: {} },
    }) as JsTypes,
  });
}
