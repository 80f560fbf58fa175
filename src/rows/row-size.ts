// Deeper parts are few, and a value can contain itself.
const MAX_DEPTH = 4;

/** About the number of characters of a row or value. */
export function rowSize(value: unknown, depth = 0): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return 8;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  let size = 8;
  for (const name in value) size += rowSize((value as Record<string, unknown>)[name], depth + 1);
  return size;
}
