import type { Column } from "./relation.ts";
import type { AnySchema } from "./snapshot.ts";

/** The default of a column as SQL, its own or that of its domain; null without one, and for a value that PostgreSQL computes. */
export function columnDefault({ types }: AnySchema, column: Column): string | null {
  if (column.default !== null || column.identity !== null || column.generated !== null) return column.default;
  for (let type = types[column.typeKey]; type?.kind === "domain"; type = types[type.base])
    if (type.default !== null) return type.default;
  return null;
}
