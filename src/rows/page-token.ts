import { CursorError } from "../errors.ts";
import type { Position } from "../statements/page-position.ts";

/** The page token of a position, bound to its query by a hash, or by a signature if there is a secret. */
export function printPageToken(query: string, position: Position, secret: string | undefined): string {
  const body = Buffer.from(JSON.stringify([position.isInclusive ? 1 : 0, ...position.texts])).toString(
    "base64url",
  );
  return `${body}.${seal(body, query, secret)}`;
}

/**
 * The position in a page token, whose texts `textsOf` validates; throws CursorError if the token was changed or belongs
 * to a different query.
 */
export function parsePageToken(
  token: unknown,
  query: string,
  textsOf: (texts: readonly unknown[]) => Position["texts"] | undefined,
  secret: string | undefined,
): Position {
  const [body = "", given = "", ...rest] = typeof token === "string" ? token.split(".") : [];
  const expected = Buffer.from(seal(body, query, secret));
  const received = Buffer.from(given);
  const isSealed =
    rest.length === 0 && received.length === expected.length && crypto.timingSafeEqual(received, expected);
  const [isInclusive, ...parts] = isSealed ? partsOf(body) : [];
  const texts = isInclusive === 0 || isInclusive === 1 ? textsOf(parts) : undefined;
  if (texts === undefined)
    throw new CursorError(
      "the page token was changed or belongs to a different query; leave it out to read the first page",
    );
  return { texts, isInclusive: isInclusive === 1 };
}

function partsOf(body: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(body, "base64url").toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function seal(body: string, query: string, secret: string | undefined): string {
  const sealed = `${body}\n${query}`;
  if (secret === undefined) return Bun.SHA256.hash(sealed, "base64url").slice(0, 12);
  return new Bun.CryptoHasher("sha256", secret).update(sealed).digest("base64url");
}
