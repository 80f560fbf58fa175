import * as v from "valibot";
import type { AnySchema } from "../schema/snapshot.ts";
import type { InsertRelation, InsertTable } from "../statements/insert-nodes.ts";
import type { JsonSchema } from "../types/json-forms.ts";
import { freezeSchema } from "./column-schema.ts";
import { jsonSchemaMethods, tableJsonSchema } from "./json-schema.ts";
import { linkedRules } from "./linked-rules.ts";
import { scopedRules } from "./rules.ts";
import type { RowEntries } from "./run-row.ts";
import { runRelation, runTree } from "./run-tree.ts";
import { tableEntries } from "./table-schema.ts";

/** The valibot schema of rows to insert with nested rows. Its entries are the columns and the relations. */
export function treeSchema(schema: AnySchema, table: InsertTable): v.GenericSchema {
  const entries = tableEntries(linkedRules(scopedRules(schema, table.table, "insert"), table.linked));
  for (const relation of table.relations)
    entries[relation.name] = freezeSchema(v.exactOptional(relationSchema(schema, relation)));
  return freezeSchema(
    {
      ...v.strictObject(entries),
      "~run"(
        this: { readonly entries: RowEntries },
        dataset: v.UnknownDataset,
        config: v.Config<v.BaseIssue<unknown>>,
      ) {
        return runTree(schema, table, this.entries, dataset.value, config);
      },
    },
    { jsonSchema: jsonSchemaMethods(() => treeJsonSchema(schema, table)) },
  );
}

function relationSchema(schema: AnySchema, relation: InsertRelation): v.GenericSchema {
  const row = treeSchema(schema, relation);
  if (!relation.isMany) return row;
  const run = (dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) =>
    row["~run"](dataset, config);
  return freezeSchema({ ...v.array(row), "~run": runRelation(relation, run) });
}

// JSON Schema cannot say that a nested row replaces the columns that refer to it.
function treeJsonSchema(schema: AnySchema, table: InsertTable): JsonSchema {
  const rules = linkedRules(scopedRules(schema, table.table, "insert"), table.linked);
  const own = tableJsonSchema(rules);
  const given = table.relations.filter(({ isMany }) => !isMany).flatMap(({ from }) => from);
  const required = own["required"] as readonly string[];
  const nested = table.relations.map(relation => {
    const row = treeJsonSchema(schema, relation);
    if (relation.isMany) return [relation.name, { type: "array", items: row }] as const;
    const isOptional = !relation.from.some(name => required.includes(name));
    return [relation.name, isOptional ? { anyOf: [row, { type: "null" }] } : row] as const;
  });
  return {
    ...own,
    properties: { ...(own["properties"] as object), ...Object.fromEntries(nested) },
    required: required.filter(name => !given.includes(name)),
  };
}
