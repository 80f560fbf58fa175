import { refinementsOf } from "../schema/refinements.ts";
import type { AnySchema, JsTypes } from "../schema/snapshot.ts";

const derived = new WeakMap<AnySchema, Map<JsTypes["json"], AnySchema>>();

/**
 * The snapshot with forms that lose nothing: times with their microseconds, json as `json` says. One whose columns have
 * schemas of the caller's stays as it is, because these expect the caller's forms.
 */
export function exactForms<Schema extends AnySchema>(schema: Schema, json: JsTypes["json"]): Schema {
  if (refinementsOf(schema) !== undefined) return schema;
  const known = derived.get(schema) ?? new Map<JsTypes["json"], AnySchema>();
  derived.set(schema, known);
  const exact = known.get(json) ?? withForms(schema, json);
  known.set(json, exact);
  return exact as Schema;
}

// Relations and types of its own, because plans and codecs are kept by the objects they belong to.
function withForms(schema: AnySchema, json: JsTypes["json"]): AnySchema {
  return Object.freeze({
    ...schema,
    relations: schema.relations.map(relation => Object.freeze({ ...relation })),
    types: Object.freeze({ ...schema.types }),
    jsTypes: Object.freeze({
      ...{ int8: "string", timestamp: "string", timestamptz: "string" },
      ...{ json, columns: {} },
    }) as JsTypes,
  });
}
