/** Task → its result. */
export type Results = Readonly<Record<string, unknown>>;

/** Libraries return the same number as a number, a string or their own object, and columns in any order. */
export function common(results: Results): Results {
  const text = JSON.stringify(results, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : typeof value === "bigint"
        ? Number(value)
        : value,
  );
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value,
  );
}
