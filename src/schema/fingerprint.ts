import type { AnySchema } from "./snapshot.ts";

/**
 * A hash of what a snapshot says about tables, indexes, views, sequences and types: equal for equal schemas, on any
 * server, database and role name. Privileges, the JavaScript forms and the scope are not part of it.
 * @param schema a snapshot
 * @returns 64 hexadecimal digits (SHA-256)
 * @example `fingerprint(schema) === fingerprint(await loadSchema(sql))` → nothing has changed
 */
export function fingerprint(schema: AnySchema): string {
  const { relations, types, sequences, schemas, searchPath } = schema;
  const text = JSON.stringify({ relations, types, sequences, schemas, searchPath }, (key, value: unknown) =>
    PER_ROLE.has(key) ? undefined : value,
  );
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

const PER_ROLE: ReadonlySet<string> = new Set(["privileges", "rowSecurityActive"]);
