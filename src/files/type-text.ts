import type { Codec } from "../types/codec.ts";

/** The TypeScript type of what a column accepts; what it holds in a row is the codec's `form`. */
export function inputType(codec: Codec): string {
  const { shape } = codec;
  switch (shape.kind) {
    case "enum":
      return codec.form;
    case "array":
      return `readonly (${inputType(shape.element)} | null)[]`;
    case "composite":
      return `{ ${shape.fields.map(field => `${propertyName(field.name)}: ${inputType(field.codec)} | null`).join("; ")} }`;
    case "range":
      return `Range<${inputType(shape.subtype)}> | string`;
    case "multirange":
      return `readonly (${inputType(shape.range)})[] | string`;
    case "scalar":
      return scalarInput(codec, shape.family);
  }
}

function scalarInput({ form, castType }: Codec, family: string): string {
  if (family === "bigint" || family === "numeric") return "string | number | bigint";
  if (family === "bytes") return "Uint8Array | ArrayBuffer";
  return castType.startsWith("timestamp") ? "Date | string" : form;
}

/** A property's name in an object type, quoted unless it is an identifier. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== "__proto__" ? name : JSON.stringify(name);
}

// The names that a form may mention.
const NAMED = [
  "Box",
  "Circle",
  "Json",
  "JsonWithBigints",
  "Line",
  "LineSegment",
  "Path",
  "Point",
  "Polygon",
  "Range",
];

/** The types of rowfn that a text mentions, in order. */
export function mentionedTypes(text: string): readonly string[] {
  const words = new Set(text.match(/\b[A-Z]\w*\b/g));
  return NAMED.filter(name => words.has(name));
}
