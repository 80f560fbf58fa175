import type { AnySchema } from "../../src/schema/snapshot.ts";
import { pageSql } from "../../src/statements/index.ts";

/** A page token with a correct checksum, which anyone who knows the query can compute. */
export function forgedToken(schema: AnySchema, table: string, options: object, body: string): string {
  const { query } = pageSql(schema, table, { limit: 1, ...options });
  let { hash } = query;
  for (const character of body) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619);
  return `${body}.${(hash >>> 0).toString(36)}`;
}

/** The body of a page token with strings that a URL cannot contain. */
export function encodedBody(kind: string, ...texts: readonly (string | null)[]): string {
  const parts = texts.map(text => (text === null ? "-" : `+${text}`));
  return `b${Buffer.from([kind, ...parts].join("\0"), "latin1").toString("base64url")}`;
}
