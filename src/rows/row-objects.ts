type Row = Record<string, unknown>;

/** Row objects from the values of each row. */
export function rowsFromValues(
  output: readonly { readonly name: string }[],
  values: readonly (readonly unknown[])[],
): Row[] {
  return values.map(row => {
    const object: Row = {};
    for (const [index, { name }] of output.entries()) addProperty(object, name, row[index]);
    return object;
  });
}

/** Adds a property. An assignment to `__proto__` would not create one. */
export function addProperty(row: Row, name: string, value: unknown): void {
  if (name === "__proto__")
    Object.defineProperty(row, name, { value, enumerable: true, writable: true, configurable: true });
  else row[name] = value;
}
