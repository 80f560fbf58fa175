import { CursorError } from "../errors.ts";
import type { Position } from "../statements/page-position.ts";
import type { TokenQuery } from "../statements/page-sql.ts";
import type { Seal } from "./page-seal.ts";

/** The page token of a position, bound to its query by a seal. */
export function printPageToken(query: TokenQuery, position: Position, seal: Seal): string {
  const body = printBody(position);
  return `${body}.${seal.print(body, query)}`;
}

/**
 * The position in a page token, whose texts `textsOf` validates; throws CursorError if the token was changed or belongs
 * to a different query.
 */
export function parsePageToken(
  token: unknown,
  query: TokenQuery,
  textsOf: (texts: Position["texts"]) => Position["texts"] | undefined,
  seal: Seal,
): Position {
  const given = typeof token === "string" ? token : "";
  const end = given.lastIndexOf(".");
  const body = given.slice(0, end);
  const isSealed = seal.fits(body, query, given.slice(end + 1));
  const found = isSealed ? parseBody(body) : undefined;
  const texts = found && textsOf(found.texts);
  if (texts === undefined)
    throw new CursorError(
      "the page token was changed or belongs to a different query; leave it out to read the first page",
    );
  return { texts, isInclusive: found!.isInclusive };
}

// Most positions are numbers, identifiers or decimals, which a URL can contain as they are; to encode them would take longer
// than all else.
const PLAIN = /^[A-Za-z\d.-]+$/;
const PLAIN_SEPARATOR = "_";
const [AFTER, FROM, BYTES, WIDE] = ["a", "f", "b", "w"] as const;

// PostgreSQL's texts contain no NUL, which therefore separates others. JSON would take longer.
const SEPARATOR = "\0";

function printBody({ texts, isInclusive }: Position): string {
  let body = isInclusive ? FROM : AFTER;
  for (let at = 0; at < texts.length; at++) {
    const text = texts[at]!;
    if (text === null || !PLAIN.test(text)) return encodedBody({ texts, isInclusive });
    body += at === 0 ? text : PLAIN_SEPARATOR + text;
  }
  return body;
}

function encodedBody({ texts, isInclusive }: Position): string {
  let body = isInclusive ? FROM : AFTER;
  for (const text of texts) body += text === null ? `${SEPARATOR}-` : `${SEPARATOR}+${text}`;
  // One byte per character is faster than UTF-8.
  return /[^\0-\xff]/.test(body)
    ? WIDE + Buffer.from(body).toString("base64url")
    : BYTES + Buffer.from(body, "latin1").toString("base64url");
}

function parseBody(body: string): Position | undefined {
  const [form] = body;
  if (form === BYTES || form === WIDE)
    return parseEncoded(Buffer.from(body.slice(1), "base64url").toString(form === WIDE ? "utf8" : "latin1"));
  if (form !== AFTER && form !== FROM) return undefined;
  return { texts: body.slice(1).split(PLAIN_SEPARATOR), isInclusive: form === FROM };
}

function parseEncoded(body: string): Position | undefined {
  const [kind, ...parts] = body.split(SEPARATOR);
  if (kind !== AFTER && kind !== FROM) return undefined;
  return {
    texts: parts.map(part => (part.startsWith("+") ? part.slice(1) : null)),
    isInclusive: kind === FROM,
  };
}
