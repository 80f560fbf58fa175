/** A column of a table for people. */
export interface TableColumn {
  readonly name: string;
  /** Numbers are right-aligned. */
  readonly isNumber: boolean;
}

const GAP = "  ";
/** Terminal cells to which a column may shrink, if its name fits. */
const MIN_WIDTH = 6;

/** Aligned columns under their names; long texts are truncated with `…` to fit a width in terminal cells. */
export function textTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string {
  const cells = rows.map(texts => texts.map(escapeControls));
  const names = columns.map(({ name }) => escapeControls(name));
  const natural = names.map((name, index) =>
    cells.reduce((widest, texts) => Math.max(widest, Bun.stringWidth(texts[index]!)), Bun.stringWidth(name)),
  );
  const least = names.map(name => Math.max(Bun.stringWidth(name), MIN_WIDTH));
  const widths =
    width === undefined ? natural : fitWidths(natural, least, width - GAP.length * (columns.length - 1));
  const line = (texts: readonly string[]): string =>
    truncate(
      texts
        .map((text, index) => pad(text, widths[index]!, columns[index]!.isNumber))
        .join(GAP)
        .trimEnd(),
      width,
    );
  const rule = truncate(widths.map(cellsWide => "-".repeat(cellsWide)).join(GAP), width);
  return [line(names), rule, ...cells.map(line), ""].join("\n");
}

// A line feed would end the row, an escape sequence would control the terminal, and an override of the direction would reverse
// the cells after it.
function escapeControls(text: string): string {
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, character =>
    character < " "
      ? JSON.stringify(character).slice(1, -1)
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The widths after the widest columns have shrunk until all fit, or none can shrink further. */
function fitWidths(
  natural: readonly number[],
  least: readonly number[],
  available: number,
): readonly number[] {
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

function pad(text: string, width: number, isNumber: boolean): string {
  const short = truncate(text, width);
  const space = " ".repeat(width - Bun.stringWidth(short));
  return isNumber ? space + short : short + space;
}

function truncate(text: string, width: number | undefined): string {
  if (width === undefined || Bun.stringWidth(text) <= width) return text;
  // A wide character may not fit into the last cell.
  for (let end = width - 1; end > 0; end--) {
    const short = Bun.sliceAnsi(text, 0, end);
    if (Bun.stringWidth(short) < width) return `${short}…`;
  }
  return width > 0 ? "…" : "";
}
