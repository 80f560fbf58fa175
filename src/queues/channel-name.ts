import type { RelationName } from "../schema/snapshot.ts";

const MAX_BYTES = 63;

/** The channel, trigger or function that belongs to a table: `rowfn_jobs public.job`; an identifier has at most 63 bytes. */
export function nameFor(purpose: string, { schema, name }: RelationName): string {
  const full = `${purpose} ${schema}.${name}`;
  if (Buffer.byteLength(full) <= MAX_BYTES) return full;
  const hash = new Bun.CryptoHasher("sha256").update(full).digest("hex").slice(0, 32);
  return `${purpose} ${hash}`;
}
