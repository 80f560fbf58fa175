import { holdsArrays } from "../../types/array.ts";
import type { Codec } from "../../types/codec.ts";

/** The TypeScript type of what a column accepts; what it holds in a row is the codec's `form`. */
export function inputType(codec: Codec): string {
  const { shape } = codec;
  switch (shape.kind) {
    case "enum":
      return codec.form;
    case "array":
      return holdsArrays(shape.element)
        ? `readonly (${inputType(shape.element)} | null)[]`
        : `NestedArray<${inputType(shape.element)}>`;
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

// The types of rowfn that a codec's form may mention.
const NAMED: readonly string[] = [
  "Box",
  "Circle",
  "Json",
  "JsonWithBigints",
  "Line",
  "LineSegment",
  "NestedArray",
  "Path",
  "Point",
  "Polygon",
  "Range",
];

/** Whether rowfn has a type of this name that a generated module may import. */
export function isOwnType(name: string): boolean {
  return NAMED.includes(name);
}

/** The types of rowfn that a module's text uses, in order: not those in comments, strings and names of properties. */
export function mentionedTypes(text: string): readonly string[] {
  const code = text.replaceAll(/\/\*\*.*?\*\/|"(?:[^"\\]|\\.)*"|[\w$]+\??:/gs, "");
  const words = new Set(code.match(/[\w$]+/g));
  return NAMED.filter(name => words.has(name));
}
