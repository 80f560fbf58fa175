/** The source of the expression that a function without parameters returns, on one line. */
export function sourceText(fn: () => unknown): string {
  return fn
    .toString()
    .replace(/^(?:async )?\(\) => (?:await )?/, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll("void 0", "undefined")
    .replaceAll("!0", "true")
    .replaceAll("!1", "false");
}
