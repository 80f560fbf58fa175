import { missingForeignKeyIndexes } from "../../ddl/index.ts";
import { quote, type SchemaSnapshot } from "../../index.ts";
import { quoteIdentifier } from "../../schema/quote.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** Foreign keys without an index, with the SQL that makes one (manual 5.5.5). */
export function foreignKeyFinding(schema: SchemaSnapshot): Finding {
  const missing = missingForeignKeyIndexes(schema);
  if (missing.length === 0) return ok("foreign key indexes", "all there");
  const lines = missing.map(
    ({ table, columns }) =>
      `create index on ${quote(schema, table)} (${columns.map(quoteIdentifier).join(", ")});`,
  );
  return warning(
    "foreign key indexes",
    [`${missing.length} missing: deletes in the table referred to read the whole table`, ...lines].join("\n"),
  );
}
