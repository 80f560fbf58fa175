/** The expression that a function without parameters returns, on one line. */
export function sourceText(fn: () => unknown): string {
  return fn
    .toString()
    .replace(/^(?:async )?\(\) => (?:await )?/, "")
    .replaceAll(/\s+/g, " ");
}
