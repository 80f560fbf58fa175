// A hidden property, which the copy of a row keeps without a look-up in a map per row.
const LINE: unique symbol = Symbol.for("rowfn.rowLine");

/** Notes the line of the file that a row comes from. */
export function setRowLine(row: object, line: number): void {
  Object.defineProperty(row, LINE, { value: line, configurable: true });
}

/** The line of the file that a row comes from, if it comes from a file. */
export function rowLine(row: unknown): number | undefined {
  return typeof row === "object" && row !== null ? (row as { readonly [LINE]?: number })[LINE] : undefined;
}
