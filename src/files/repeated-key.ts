/**
 * Whether a key appears twice in an object of a JSON text, of which only the last value would be read.
 * @param value the parsed text
 */
export function hasRepeatedKey(text: string, value: unknown): boolean {
  const count = countKeys(value);
  // Without blanks before colons there are at least as many `":` as keys, and mostly no more.
  const isQuick = !/"\s+:/.test(text);
  if (isQuick && count === text.split('":').length - 1) return false;
  return count !== countColons(text);
}

/** The key that an object of a JSON text has twice, and the index of its second name. */
export function findRepeatedKey(text: string): { readonly key: string; readonly at: number } | undefined {
  const open: Set<string>[] = [];
  for (const { 0: token, index } of withoutEscapes(text).matchAll(/"[^"]*"(?:\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (token.endsWith(":")) {
      const key: string = JSON.parse(text.slice(index, index + token.length - 1));
      if (open.at(-1)?.has(key)) return { key, at: index };
      open.at(-1)?.add(key);
    }
  }
  return undefined;
}

function countColons(text: string): number {
  return (
    withoutEscapes(text)
      .replaceAll(/"[^"]*"/g, "")
      .split(":").length - 1
  );
}

// A pattern for strings with escapes would remember every character of a string, and fail if there are millions.
function withoutEscapes(text: string): string {
  return text.replaceAll(/\\./g, "__");
}

function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null || RAW.isRawJSON(value)) return 0;
  if (Array.isArray(value)) return value.reduce<number>((count, inner) => count + countKeys(inner), 0);
  let count = 0;
  for (const name in value) count += 1 + countKeys((value as Record<string, unknown>)[name]);
  return count;
}

const RAW = JSON as unknown as { readonly isRawJSON: (value: unknown) => boolean };
