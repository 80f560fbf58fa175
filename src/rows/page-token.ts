import { CursorError } from "../errors.ts";
import type { Position } from "../statements/page-position.ts";
import type { Seal } from "./page-seal.ts";

/** The page token of a position, bound to its query by a seal. */
export function printPageToken(query: string, position: Position, seal: Seal): string {
  const body = printBody(position);
  return `${body}.${seal.print(`${body}\n${query}`)}`;
}

/**
 * The position in a page token, whose texts `textsOf` validates; throws CursorError if the token was changed or belongs
 * to a different query.
 */
export function parsePageToken(
  token: unknown,
  query: string,
  textsOf: (texts: Position["texts"]) => Position["texts"] | undefined,
  seal: Seal,
): Position {
  const given = typeof token === "string" ? token : "";
  const end = given.indexOf(".");
  const body = given.slice(0, end);
  const isSealed = seal.fits(`${body}\n${query}`, given.slice(end + 1));
  const found = isSealed ? parseBody(body) : undefined;
  const texts = found && textsOf(found.texts);
  if (texts === undefined)
    throw new CursorError(
      "the page token was changed or belongs to a different query; leave it out to read the first page",
    );
  return { texts, isInclusive: found!.isInclusive };
}

// PostgreSQL's texts contain no NUL, which therefore separates them. JSON would take longer.
const SEPARATOR = "\0";

function printBody({ texts, isInclusive }: Position): string {
  let body = isInclusive ? "=" : ">";
  for (const text of texts) body += text === null ? `${SEPARATOR}-` : `${SEPARATOR}+${text}`;
  try {
    return base64(body);
  } catch {
    // Wider characters are encoded as UTF-8.
    return base64(`u${Buffer.from(body).toString("latin1")}`);
  }
}

// With a multiple of three characters, base64 ends without `=`.
function base64(text: string): string {
  const length = Math.ceil(text.length / 3) * 3;
  return btoa(text.padEnd(length, SEPARATOR)).replace(/[+/]/g, sign => (sign === "+" ? "-" : "_"));
}

function parseBody(body: string): Position | undefined {
  let text: string;
  try {
    text = atob(body.replace(/[-_]/g, sign => (sign === "-" ? "+" : "/")));
  } catch {
    return undefined;
  }
  if (text.startsWith("u")) text = Buffer.from(text.slice(1), "latin1").toString();
  const [kind, ...parts] = text.split(SEPARATOR);
  if (kind !== "=" && kind !== ">") return undefined;
  const texts: (string | null)[] = [];
  for (const part of parts) if (part !== "") texts.push(part.startsWith("+") ? part.slice(1) : null);
  return { texts, isInclusive: kind === "=" };
}
