/** The characters of a long line that an excerpt shows on each side of the position. */
const AROUND = 50;

/**
 * The line of SQL with a position, and a caret under it.
 * @param position counts characters from 1, as PostgreSQL does
 * @param indent the columns before the first line
 * @param hasLines whether the number of the line means something to the reader, who did not see a text that rowfn laid out
 */
export function sqlExcerpt(text: string, position: number, indent: number, hasLines: boolean): string {
  const { line, column, source } = placeOf(text, position);
  const indentation = Math.min(/^\s*/.exec(source)![0].length, column - 1);
  const from = Math.max(indentation, column - 1 - AROUND);
  const characters = [...source];
  const shown = characters.slice(from, column - 1 + AROUND);
  const before = `${hasLines && text.includes("\n") ? `line ${line}: ` : ""}${from > indentation ? "..." : ""}`;
  const after = from + shown.length < characters.length ? "..." : "";
  const caret = " ".repeat(indent + before.length + column - 1 - from);
  return `${before}${shown.join("").replaceAll("\t", " ")}${after}\n${caret}^`;
}

/** The line and column, from 1, of a position in a text. */
function placeOf(
  text: string,
  position: number,
): { readonly line: number; readonly column: number; readonly source: string } {
  const before = [...text].slice(0, position - 1).join("");
  const start = before.lastIndexOf("\n") + 1;
  const source = text.slice(start).split("\n", 1)[0]!.replace(/\r$/, "");
  const line = before.split("\n").length;
  return { line, column: [...before.slice(start)].length + 1, source };
}
