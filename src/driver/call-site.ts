import { RowfnError } from "../errors.ts";

/**
 * The error with the caller's frames on its stack. The driver loses the frames outside of a transaction; a function that
 * is not async loses the frames before an await unless it creates `site` first.
 */
export function withCallSite(error: unknown, site: Error = new Error()): unknown {
  if (error instanceof RowfnError) {
    const frames = (site.stack ?? "").split("\n").slice(2);
    error.stack = [error.stack ?? String(error), ...frames].join("\n");
  }
  return error;
}
