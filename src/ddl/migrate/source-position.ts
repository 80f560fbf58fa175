/** A position in the SQL of a migration, counted from 1. */
export interface SourcePosition {
  readonly line: number;
  /** In code points. */
  readonly column: number;
  /** The name and position, and the line with a caret below the column. */
  readonly shown: string;
}

/** The position of an index in a text, for the message of an error. */
export function sourcePosition(name: string, text: string, index: number): SourcePosition {
  const before = text.slice(0, index);
  const line = before.split("\n").length;
  const from = before.lastIndexOf("\n") + 1;
  const column = [...text.slice(from, index)].length + 1;
  const source = text.slice(from).split(/\r?\n/, 1)[0]!;
  return { line, column, shown: `  ${name}:${line}:${column}\n${excerpt(source, index - from)}` };
}

/** Up to this width a line is shown whole. */
const WIDTH = 100;
const MARGIN = 40;

function excerpt(source: string, at: number): string {
  const from = source.length <= WIDTH || at <= MARGIN ? 0 : at - MARGIN;
  const shown = source.slice(from, from + WIDTH).replaceAll("\t", " ");
  const pad = " ".repeat(Bun.stringWidth(shown.slice(0, at - from)));
  return `  | ${shown}\n  | ${pad}^`;
}

/** The index in a text of a position that PostgreSQL reports, which counts code points from 1. */
export function indexOfPosition(text: string, position: number): number {
  return [...text].slice(0, position - 1).join("").length;
}
