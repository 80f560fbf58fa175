/**
 * The error with the caller's frames on its stack: those of before a transaction are lost in the driver, those of before
 * an await wherever the caller is no async function, for which `site` is made in time.
 */
export function withCallSite(error: unknown, site: Error = new Error()): unknown {
  if (error instanceof Error) {
    const frames = (site.stack ?? "").split("\n").slice(2);
    error.stack = [error.stack ?? String(error), ...frames].join("\n");
  }
  return error;
}
