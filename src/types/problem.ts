import { ownKind } from "../schema/arguments.ts";
import type { Problem } from "./codec.ts";

const LONGEST = 40;

/** A value in a message: as JavaScript writes it, abbreviated if it is long. */
export function describeValue(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object" || value === null)
    return typeof value === "symbol" || typeof value === "function" ? `a ${typeof value}` : String(value);
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? "an invalid Date" : `the Date ${value.toISOString()}`;
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  const own = ownKind(value);
  if (own !== undefined) return own;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return name === undefined || name === "Object" ? "an object" : `a value of class ${String(name)}`;
}

/** The problem of a null in a domain that is NOT NULL. */
export const NULL_PROBLEM: Problem = Object.freeze({
  expected: "a value",
  received: "null",
  reason: "the domain is NOT NULL",
});

/** A problem with the whole value. */
export function problem(expected: string, value: unknown, reason?: string): Problem {
  return reason === undefined
    ? { expected, received: describeValue(value) }
    : { expected, received: describeValue(value), reason };
}

/** The problem of a part of a value, with the part added to the path. */
export function problemAt(part: string | number, inner: Problem): Problem {
  return { ...inner, path: [part, ...(inner.path ?? [])] };
}

/** A problem as one line: `expected an integer, received "x" at [2].price`. */
export function problemText(problem: Problem): string {
  if (problem.message !== undefined) return problem.message;
  const at = problem.path?.length ? ` at ${pathText(problem.path)}` : "";
  const reason = problem.reason === undefined ? "" : ` (${problem.reason})`;
  return `expected ${problem.expected}, received ${problem.received}${at}${reason}`;
}

/** A path as JavaScript writes it: `[2].price`. */
export function pathText(path: readonly (string | number)[]): string {
  return path.map(part => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
}
