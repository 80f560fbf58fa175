import { RowfnError } from "../errors.ts";

/** A position in a text: the line and the character in the line, both from 1. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

export const TEXT_START: TextPosition = { line: 1, character: 1 };

/** The position after a chunk; throws RowfnError with the position of a lone surrogate. */
export function positionAfter(before: TextPosition, chunk: string): TextPosition {
  if (chunk.isWellFormed()) return advance(before, chunk);
  const { line, character } = advance(before, chunk.slice(0, LONE_SURROGATE.exec(chunk)!.index));
  throw new RowfnError(`line ${line}, character ${character}: a lone surrogate is not a character`);
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function advance({ line, character }: TextPosition, text: string): TextPosition {
  let lines = line;
  let start = -1;
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) {
    lines++;
    start = end;
  }
  const rest = text.length - start - 1;
  return { line: lines, character: start === -1 ? character + rest : rest + 1 };
}
