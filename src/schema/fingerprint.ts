import type { AnySchema, Column, Relation } from "./snapshot.ts";

/**
 * A hash of what a snapshot says about tables, indexes, views, sequences and types: equal for equal schemas, on any
 * server, database and role name. Privileges, the JavaScript forms and the scope are not part of it.
 * @param schema a snapshot
 * @returns 64 hexadecimal digits (SHA-256)
 * @example `fingerprint(schema) === fingerprint(await loadSchema(sql))` → nothing has changed
 */
export function fingerprint(schema: AnySchema): string {
  const { relations, types, sequences, schemas, searchPath } = schema;
  const text = JSON.stringify({
    relations: relations.map(ofAnyRole),
    types,
    sequences,
    schemas,
    searchPath,
  });
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

// JSON leaves undefined out. With a replacer function it takes three times as long.
function ofAnyRole(relation: Relation): object {
  const columns = relation.columns.map((column: Column) => ({ ...column, privileges: undefined }));
  return { ...relation, columns, privileges: undefined, rowSecurityActive: undefined };
}
