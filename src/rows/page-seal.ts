import { derive } from "../schema/derived.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { MAX_SHAPES } from "../statements/statement.ts";

/** Binds a page token to its query. */
export interface Seal {
  readonly print: (text: string) => string;
  readonly fits: (text: string, seal: string) => boolean;
}

/** The seal of page tokens: a signature if there is a secret, otherwise a checksum. */
export function pageSeal(schema: AnySchema, secret: string | undefined): Seal {
  return secret === undefined ? CHECKSUM : signature(schema, secret);
}

// Without a secret every client could compute any hash, so the fastest one suffices.
const checksum = (text: string): string => Bun.hash.xxHash32(text).toString(36);
const CHECKSUM: Seal = { print: checksum, fits: (text, seal) => checksum(text) === seal };

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
  const print = (text: string): string => keyed.copy().update(text).digest("base64url");
  return { print, fits: (text, seal) => isEqual(print(text), seal) };
}

// The time does not depend on where the texts differ.
function isEqual(one: string, other: string): boolean {
  const [expected, received] = [Buffer.from(one), Buffer.from(other)];
  return expected.length === received.length && crypto.timingSafeEqual(expected, received);
}
