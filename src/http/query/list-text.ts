const ITEM = /(?:"((?:[^"\\]|\\["\\])*)"|((?!")[^,]*))(,|$)/y;

/**
 * The items of a list in a URL. Commas separate them; an item in double quotes may contain commas, `\"` and `\\`.
 * Undefined if a quote is not closed.
 */
export function parseList(text: string): readonly string[] | undefined {
  const items: string[] = [];
  const scanner = new RegExp(ITEM);
  for (;;) {
    const [, quoted, plain, end] = scanner.exec(text) ?? [];
    if (end === undefined) return undefined;
    items.push(quoted?.replaceAll(/\\(["\\])/g, "$1") ?? plain!);
    if (end === "") return items;
  }
}

/** Prints an item of a list so that `parseList` reads it back. */
export function printItem(item: string): string {
  return /[",\\]/.test(item) ? quoteItem(item) : item;
}

/** An item in double quotes. */
export function quoteItem(item: string): string {
  return `"${item.replaceAll(/["\\]/g, "\\$&")}"`;
}
