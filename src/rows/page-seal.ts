import { ArgumentError } from "../errors.ts";
import { derive } from "../schema/derived.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { TokenQuery } from "../statements/page-sql.ts";
import { MAX_SHAPES } from "../statements/statement.ts";

/** Binds the body of a page token to its query. */
export interface Seal {
  readonly print: (body: string, query: TokenQuery) => string;
  readonly fits: (body: string, query: TokenQuery, seal: string) => boolean;
}

/** The seal of page tokens: a signature if there is a secret, otherwise a checksum. */
export function pageSeal(schema: AnySchema, secret: string | undefined): Seal {
  return secret === undefined ? CHECKSUM : signature(schema, secret);
}

/** Throws ArgumentError for a secret that is undefined, as that of a missing variable: tokens would not be signed. */
export function requireSecret(name: string, options: { readonly secret?: string }): void {
  if (Object.hasOwn(options, "secret") && options.secret === undefined)
    throw new ArgumentError(
      `${name}: secret must be a non-empty string, received undefined; leave it out for page tokens without a signature`,
    );
}

// Without a secret every client could compute any hash, so the fastest one suffices: FNV-1a, which begins with the hash of the
// query. Different queries have different hashes for every body.
function checksum(body: string, query: TokenQuery): string {
  let { hash } = query;
  for (let at = 0; at < body.length; at++) hash = Math.imul(hash ^ body.charCodeAt(at), 16_777_619);
  return (hash >>> 0).toString(36);
}

const CHECKSUM: Seal = {
  print: checksum,
  fits: (body, query, seal) => checksum(body, query) === seal,
};

// A hasher that has read its key is copied, because reading it costs more than the hash of a token.
const hashersOf = derive((_schema: AnySchema) => new Map<string, Bun.CryptoHasher>());

function signature(schema: AnySchema, secret: string): Seal {
  const hashers = hashersOf(schema);
  let hasher = hashers.get(secret);
  if (hasher === undefined) {
    hasher = new Bun.CryptoHasher("sha256", secret);
    if (hashers.size >= MAX_SHAPES) hashers.clear();
    hashers.set(secret, hasher);
  }
  const keyed = hasher;
  const print = (body: string, { text }: TokenQuery): string =>
    keyed.copy().update(`${body}\n${text}`).digest("base64url");
  return { print, fits: (body, query, seal) => isEqual(print(body, query), seal) };
}

// The time does not depend on where the texts differ.
function isEqual(one: string, other: string): boolean {
  const [expected, received] = [Buffer.from(one), Buffer.from(other)];
  return expected.length === received.length && crypto.timingSafeEqual(expected, received);
}
