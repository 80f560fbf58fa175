import { describeHandle } from "../driver/describe-handle.ts";
import type { SqlHandle } from "../driver/handle.ts";
import type { FindDifferences } from "../driver/statement.ts";
import { withoutDeclaredKeys } from "./declared-keys.ts";
import { derive } from "./derived.ts";
import { loadSchema } from "./load-schema.ts";
import { relationNamed } from "./relation-of.ts";
import type { AnySchema, Relation } from "./snapshot.ts";

/**
 * Finds what a database lacks compared with a snapshot, which makes statements fail. Statements that fail at the same
 * time share one comparison.
 */
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

async function compare(sql: SqlHandle, { relations }: AnySchema): Promise<readonly string[]> {
  const now = await loadSchema(sql, { settings: "any" });
  return relations.flatMap(relation => relationDifferences(relation, relationNamed(now, relation)));
}

function relationDifferences(before: Relation, after: Relation | undefined): readonly string[] {
  const name = `${before.schema}.${before.name}`;
  if (after === undefined) return [`${name} does not exist`];
  const columns = before.columns.flatMap(column => {
    const other = after.columns.find(one => one.name === column.name);
    if (other === undefined) return [`${name}.${column.name} does not exist`];
    return other.typeKey === column.typeKey ? [] : [`${name}.${column.name} is ${other.type}`];
  });
  return keysText(withoutDeclaredKeys(before)) === keysText(after)
    ? columns
    : [...columns, `the keys of ${name} have changed`];
}

function keysText({ primaryKey, uniqueKeys }: Relation): string {
  return JSON.stringify([primaryKey?.columns, ...uniqueKeys.map(({ columns }) => columns)]);
}
