/** The place of a row in messages: `[2, "line", 1]` → ` in line[1], rows[2]`. */
export function rowPlace(path: readonly (string | number)[]): string {
  const [row, ...rest] = typeof path[0] === "number" ? path : [undefined, ...path];
  const nested = rest.map(key => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  const inside = nested === "" ? "" : ` in ${nested.slice(1)}`;
  return `${inside}${row === undefined ? "" : `, rows[${row}]`}`;
}
