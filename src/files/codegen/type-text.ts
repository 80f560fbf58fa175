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
