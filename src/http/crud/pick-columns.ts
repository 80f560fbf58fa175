type Row = Readonly<Record<string, unknown>>;

/** The columns of a row that are listed. */
export function pickColumns(row: Row, columns: readonly string[]): Row {
  const picked: Record<string, unknown> = {};
  for (const name of columns) {
    if (!Object.hasOwn(row, name)) continue;
    // An assignment to `__proto__` would not create a property.
    if (name === "__proto__") Object.defineProperty(picked, name, { value: row[name], enumerable: true });
    else picked[name] = row[name];
  }
  return picked;
}
