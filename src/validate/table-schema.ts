import * as v from "valibot";
import { columnSchema, freezeSchema, withKeywords } from "./column-schema.ts";
import {
  columnAnnotations,
  type JsonSchemaMethods,
  jsonSchemaMethods,
  tableJsonSchema,
} from "./json-schema.ts";
import type { TableRules } from "./rules.ts";
import { type RowEntries, runRow } from "./run-row.ts";

/** A valibot schema of a row. Its `entries` are the columns, so `v.pick`, `v.omit` and `v.partial` work. */
export type TableSchema<Row> = v.StrictObjectSchema<
  {
    readonly [Column in keyof Row & string]-?: object extends Pick<Row, Column>
      ? v.ExactOptionalSchema<v.GenericSchema<Row[Column]>, undefined>
      : v.GenericSchema<Row[Column]>;
  },
  undefined
> & { readonly "~standard": { readonly jsonSchema: JsonSchemaMethods } };

/** The valibot schema of a table's rules. */
export function tableSchema(rules: TableRules): v.GenericSchema {
  return freezeSchema(
    {
      ...v.strictObject(tableEntries(rules)),
      "~run"(
        this: { readonly entries: RowEntries },
        dataset: v.UnknownDataset,
        config: v.Config<v.BaseIssue<unknown>>,
      ) {
        return runRow(rules, this.entries, dataset.value, config);
      },
    },
    { jsonSchema: jsonSchemaMethods(() => tableJsonSchema(rules)) },
  );
}

/** Column → the valibot schema of its values. */
export function tableEntries(rules: TableRules): Record<string, v.GenericSchema> {
  const entries = Object.create(null) as Record<string, v.GenericSchema>;
  for (const [name, rule] of rules.columns) {
    const column = columnSchema(rule, rules);
    const value = rule.nullable ? freezeSchema(v.nullable(column)) : column;
    const schema = withKeywords(value, columnAnnotations(rule, rules));
    entries[name] = rule.required ? schema : freezeSchema(v.exactOptional(schema));
  }
  return entries;
}
