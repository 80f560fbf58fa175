import { jsonNull } from "../../src/index.ts";

/** A value in TypeScript syntax. */
export function sourceOf(value: unknown): string {
  if (value === jsonNull) return "jsonNull";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof Uint8Array) return `new Uint8Array([${value.join(", ")}])`;
  if (Array.isArray(value)) return `[${value.map(sourceOf).join(", ")}]`;
  return `{ ${Object.entries(value)
    .map(([key, part]) => `[${JSON.stringify(key)}]: ${sourceOf(part)}`)
    .join(", ")} }`;
}
