import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { Index, RelationName } from "../../schema/snapshot.ts";
import { includeClause } from "./constraint-definition.ts";
import { withClause } from "./storage-options.ts";

/** An index; a name of null leaves it to PostgreSQL. */
export interface IndexDefinition extends Omit<Index, "name" | "valid" | "comment"> {
  readonly name: string | null;
  readonly unique?: boolean;
  readonly nullsNotDistinct?: boolean;
}

export interface CreateIndexOptions {
  readonly concurrently?: boolean;
  readonly ifNotExists?: boolean;
}

/** `CREATE INDEX "album_title_idx" ON "public"."album" ("title")`. */
export function indexDefinitionSql(
  table: RelationName,
  index: IndexDefinition,
  options: CreateIndexOptions = {},
): string {
  const words = [
    "CREATE",
    ...(index.unique ? ["UNIQUE"] : []),
    "INDEX",
    ...(options.concurrently ? ["CONCURRENTLY"] : []),
    ...(options.ifNotExists ? ["IF NOT EXISTS"] : []),
    ...(index.name === null ? [] : [quoteIdentifier(index.name)]),
    `ON ${quoteName(table)}`,
    ...(index.method === "btree" ? [] : [`USING ${quoteIdentifier(index.method)}`]),
    `(${indexKeys(index).join(", ")})${includeClause(index.include)}`,
    ...(index.nullsNotDistinct ? ["NULLS NOT DISTINCT"] : []),
  ];
  const where = index.predicate === null ? "" : ` WHERE ${index.predicate}`;
  return `${words.join(" ")}${withClause(index.options)}${where}`;
}

function indexKeys({ columns, expressions, keyOptions }: IndexDefinition): readonly string[] {
  const rest = [...expressions];
  return columns.map((column, position) => {
    const key = column === null ? `(${rest.shift()})` : quoteIdentifier(column);
    const options = keyOptions[position];
    return options === undefined || options === "" ? key : `${key} ${options}`;
  });
}
