/** A column of a table for people. */
export interface TableColumn {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly isNumber: boolean;
}

const GAP = "  ";
/** A column is not made narrower than this or its name. */
const NARROW = 6;

/** Lines of aligned columns under their names; long texts are cut off with `…` to fit a width in terminal cells. */
export function textTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string {
  const cells = rows.map(texts => texts.map(escaped));
  const names = columns.map(({ name }) => escaped(name));
  const natural = names.map((name, index) =>
    cells.reduce((widest, texts) => Math.max(widest, Bun.stringWidth(texts[index]!)), Bun.stringWidth(name)),
  );
  const least = names.map(name => Math.max(Bun.stringWidth(name), NARROW));
  const widths =
    width === undefined ? natural : fitted(natural, least, width - GAP.length * (columns.length - 1));
  const line = (texts: readonly string[]): string =>
    cut(
      texts
        .map((text, index) => padded(text, widths[index]!, columns[index]!.isNumber))
        .join(GAP)
        .trimEnd(),
      width,
    );
  const rule = cut(widths.map(cellsWide => "-".repeat(cellsWide)).join(GAP), width);
  return [line(names), rule, ...cells.map(line), ""].join("\n");
}

// A line break would end the row, and an escape sequence would reach the terminal.
function escaped(text: string): string {
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, character =>
    character < " " ? JSON.stringify(character).slice(1, -1) : `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}

/** The widths, the widest made narrower until all of them fit or none can give way. */
function fitted(natural: readonly number[], least: readonly number[], available: number): readonly number[] {
  const widths = natural.map((width, index) => Math.min(width, Math.max(available, least[index]!)));
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const spare = widths.map((width, index) => (width > least[index]! ? width : 0));
    const widest = spare.indexOf(Math.max(...spare));
    if (spare[widest] === 0) break;
    widths[widest]!--;
    excess--;
  }
  return widths;
}

function padded(text: string, width: number, isNumber: boolean): string {
  const short = cut(text, width);
  const space = " ".repeat(width - Bun.stringWidth(short));
  return isNumber ? space + short : short + space;
}

function cut(text: string, width: number | undefined): string {
  if (width === undefined || Bun.stringWidth(text) <= width) return text;
  // Half of a wide character would stick out.
  for (let end = width - 1; end > 0; end--) {
    const short = Bun.sliceAnsi(text, 0, end);
    if (Bun.stringWidth(short) < width) return `${short}…`;
  }
  return width > 0 ? "…" : "";
}
