import { type ForeignKey, quote, type Relation, type SchemaSnapshot } from "../../index.ts";
import { quoteIdentifier } from "../../schema/quote.ts";
import { type Finding, ok, warning } from "./finding.ts";

/**
 * Foreign keys whose columns no index begins with, in any order: every delete in the table they refer to, and every
 * update of its key, reads the whole referring table (manual 5.5.5).
 */
export function foreignKeyFinding(schema: SchemaSnapshot): Finding {
  const missing = schema.relations
    .filter(({ isPartition }) => !isPartition)
    .flatMap(relation =>
      relation.foreignKeys.filter(key => !hasIndex(relation, key)).map(key => ({ relation, key })),
    );
  if (missing.length === 0) return ok("foreign key indexes", "all there");
  const lines = missing.map(
    ({ relation, key }) =>
      `create index on ${quote(schema, relation.key)} (${key.columns.map(quoteIdentifier).join(", ")});`,
  );
  return warning(
    "foreign key indexes",
    [`${missing.length} missing: deletes in the table referred to read the whole table`, ...lines].join("\n"),
  );
}

function hasIndex({ primaryKey, uniqueKeys, indexes }: Relation, { columns }: ForeignKey): boolean {
  return [...(primaryKey ? [primaryKey] : []), ...uniqueKeys, ...indexes].some(index => {
    const first = index.columns.slice(0, columns.length);
    const isUsable = index.valid && index.predicate === null && EQUALITY.has(index.method);
    return isUsable && columns.every(name => first.includes(name));
  });
}

/** The access methods that find equal values. */
const EQUALITY: ReadonlySet<string> = new Set(["btree", "hash"]);
