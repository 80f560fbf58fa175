import type { Problem } from "./codec.ts";

/** One line for a person: `expected an integer, received "x" at [2].price (would be rounded)`. */
export function problemText(problem: Problem): string {
  const at = problem.path?.length ? ` at ${pathText(problem.path)}` : "";
  const reason = problem.reason === undefined ? "" : ` (${problem.reason})`;
  return `expected ${problem.expected}, received ${problem.received}${at}${reason}`;
}

function pathText(path: readonly (string | number)[]): string {
  return path.map(part => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
}
