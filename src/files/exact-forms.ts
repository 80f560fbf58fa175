import type { AnySchema, JsTypes } from "../schema/snapshot.ts";

const derived = new WeakMap<AnySchema, AnySchema>();

/** The snapshot with forms that lose nothing: times with their microseconds, json as its text. Without the caller's schemas. */
export function exactForms(schema: AnySchema): AnySchema {
  const known = derived.get(schema);
  if (known !== undefined) return known;
  const exact = withForms(schema);
  derived.set(schema, exact);
  return exact;
}

// Relations and types of its own, because plans and codecs are kept by the objects they belong to.
function withForms(schema: AnySchema): AnySchema {
  return Object.freeze({
    ...schema,
    relations: schema.relations.map(relation => Object.freeze({ ...relation })),
    types: Object.freeze({ ...schema.types }),
    jsTypes: Object.freeze({
      ...{ int8: "string", timestamp: "string", timestamptz: "string" },
      ...{ json: "string", columns: {} },
    }) as JsTypes,
  });
}
