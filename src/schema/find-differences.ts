import { describeHandle } from "../driver/describe-handle.ts";
import type { SqlHandle } from "../driver/handle.ts";
import type { FindDifferences } from "../driver/parameter-columns.ts";
import { derive } from "./derived.ts";
import { loadSchema } from "./load-schema.ts";
import { schemaDiff } from "./schema-diff.ts";
import type { AnySchema } from "./snapshot.ts";

/** Compares databases with a snapshot. Statements that fail at the same time share one comparison. */
export const findDifferences: (relations: AnySchema["relations"], schema: AnySchema) => FindDifferences =
  derive((_relations, schema) => {
    const running = new Map<string, Promise<readonly string[]>>();
    return sql => {
      const database = describeHandle(sql);
      const known = running.get(database);
      if (known !== undefined) return known;
      const comparison = compare(sql, schema).finally(() => running.delete(database));
      running.set(database, comparison);
      return comparison;
    };
  });

async function compare(sql: SqlHandle, schema: AnySchema): Promise<readonly string[]> {
  const { schemas, hasFunctions } = schema;
  const now = await loadSchema(sql, { schemas, functions: hasFunctions, settings: "any" });
  return schemaDiff(schema, now);
}
