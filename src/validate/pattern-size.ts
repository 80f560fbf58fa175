/** A regular expression after its repetitions are written out, as PostgreSQL compiles it. */
interface Size {
  readonly parts: number;
  /** Parts that can be the first and the last one of a match. */
  readonly first: number;
  readonly last: number;
  readonly canBeEmpty: boolean;
  /** Pairs of parts that can follow each other. */
  readonly pairs: number;
  /** Places such as `^` and `\y` in one alternative. Each can double the time. */
  readonly places: number;
}

const EMPTY: Size = { parts: 0, first: 0, last: 0, canBeEmpty: true, pairs: 0, places: 0 };

// Within these limits PostgreSQL 15 to 18 compile every expression that the tests found, in about a second.
const MAX_PARTS = 5_000;
const MAX_PAIRS = 50_000;
const MAX_PLACES = 10;
const MAX_DEPTH = 1_000;

/** A place, such as `\y`, in the text that `isTooLarge` reads. */
export const PLACE = "\ue001";

/**
 * Whether PostgreSQL could reject a regular expression as too complex.
 * @param text a valid expression without escapes and bracket expressions, whose groups start with `(`
 */
export function isTooLarge(text: string): boolean {
  if (text.length > MAX_PARTS * 2 || depthOf(text) > MAX_DEPTH) return true;
  const { parts, pairs, places } = alternatives({ text, at: 0 });
  return parts > MAX_PARTS || pairs > MAX_PAIRS || places > MAX_PLACES;
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === "(") deepest = Math.max(deepest, ++depth);
    if (character === ")") depth--;
  }
  return deepest;
}

interface Reader {
  readonly text: string;
  at: number;
}

function alternatives(reader: Reader): Size {
  let all = sequence(reader);
  while (reader.text[reader.at] === "|") {
    reader.at++;
    const next = sequence(reader);
    all = {
      parts: all.parts + next.parts,
      first: all.first + next.first,
      last: all.last + next.last,
      canBeEmpty: all.canBeEmpty || next.canBeEmpty,
      pairs: all.pairs + next.pairs,
      places: Math.max(all.places, next.places),
    };
  }
  return all;
}

function sequence(reader: Reader): Size {
  let all = EMPTY;
  while (reader.at < reader.text.length && !"|)".includes(reader.text[reader.at]!))
    all = joined(all, repeated(reader, single(reader)));
  return all;
}

function joined(one: Size, next: Size): Size {
  return {
    parts: one.parts + next.parts,
    first: one.first + (one.canBeEmpty ? next.first : 0),
    last: next.last + (next.canBeEmpty ? one.last : 0),
    canBeEmpty: one.canBeEmpty && next.canBeEmpty,
    pairs: one.pairs + next.pairs + one.last * next.first,
    places: one.places + next.places,
  };
}

function single(reader: Reader): Size {
  const character = reader.text[reader.at++]!;
  if (character === "(") {
    const inner = alternatives(reader);
    reader.at++;
    return { ...inner, parts: inner.parts + 1 };
  }
  const isPlace = "^$".includes(character) || character === PLACE;
  return { parts: 1, first: 1, last: 1, canBeEmpty: isPlace, pairs: 1, places: isPlace ? 1 : 0 };
}

const QUANTIFIER = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y;

function repeated(reader: Reader, size: Size): Size {
  QUANTIFIER.lastIndex = reader.at;
  const found = QUANTIFIER.exec(reader.text);
  if (found === null) return size;
  reader.at = QUANTIFIER.lastIndex;
  const [least, most] = boundsOf(found);
  const { first, last, places } = size;
  const looped = { ...size, canBeEmpty: true, pairs: size.pairs + first * last, places: places * 2 };
  let all = EMPTY;
  for (let copy = 0; copy < least; copy++) all = joined(all, size);
  if (most === undefined) return joined(all, looped);
  for (let copy = least; copy < most; copy++) all = joined(all, { ...size, canBeEmpty: true });
  return all;
}

function boundsOf([, sign, least, comma, most]: RegExpExecArray): readonly [number, number | undefined] {
  if (sign !== undefined) return [sign === "+" ? 1 : 0, sign === "?" ? 1 : undefined];
  if (comma === "") return [Number(least), Number(least)];
  return [Number(least), most === "" ? undefined : Number(most)];
}
