/** The error with the caller's frames on its stack: those of before a transaction are lost in the driver. */
export function withCallSite(error: unknown): unknown {
  if (error instanceof Error) {
    const frames = (new Error().stack ?? "").split("\n").slice(2);
    error.stack = [error.stack ?? String(error), ...frames].join("\n");
  }
  return error;
}
