import { withColumnForms } from "../../schema/js-types.ts";
import { relationNamed } from "../../schema/relation-of.ts";
import type { AnySchema, RelationName } from "../../schema/snapshot.ts";
import { type EntrySchema, isEntrySchema } from "./valibot-column.ts";
import type { EntryAction } from "./valibot-rules.ts";

/** The snapshot with the forms of the valibot schemas that columns were made from, so that their rows pass them. */
export function withEntryForms<Schema extends AnySchema>(
  schema: Schema,
  name: RelationName,
  columns: Readonly<Record<string, unknown>>,
): Schema {
  const relation = relationNamed(schema, name)!;
  const forms = Object.entries(columns).map(([column, entry]) => [column, entryForm(entry)]);
  return withColumnForms(schema, relation, Object.fromEntries(forms));
}

/** The JavaScript form of a valibot schema's output, for the types that have several; undefined if it has none. */
function entryForm(entry: unknown): string | undefined {
  if (!isEntrySchema(entry)) return undefined;
  const { pipe } = entry as EntrySchema;
  if (pipe === undefined) return plainForm(entry);
  const last = pipe.findLastIndex(({ kind }) => kind === "schema");
  const results = pipe.slice(last + 1).map(action => RESULTS[(action as EntryAction).type]);
  return results.findLast(form => form !== undefined) ?? entryForm(pipe[last]);
}

const RESULTS: Readonly<Record<string, string>> = {
  to_string: "string",
  to_number: "number",
  to_bigint: "bigint",
  to_date: "Date",
};

function plainForm({
  type,
  wrapped,
  item,
  options,
  literal,
  class: instance,
}: EntrySchema): string | undefined {
  if (wrapped !== undefined) return entryForm(wrapped);
  switch (type) {
    case "bigint":
    case "number":
    case "string":
      return type;
    case "date":
      return "Date";
    case "instance":
      return instance === Date ? "Date" : undefined;
    case "array":
      return entryForm(item);
    case "literal":
      return typeof literal;
    case "picklist":
    case "enum":
      return commonForm((options ?? []).map(option => typeof option));
    case "union":
      return commonForm((options ?? []).filter(isValue).map(entryForm));
    default:
      return undefined;
  }
}

function isValue(option: unknown): boolean {
  const { type } = option as EntrySchema;
  return type !== "null" && type !== "undefined";
}

function commonForm(forms: readonly (string | undefined)[]): string | undefined {
  return forms.every(form => form === forms[0]) ? forms[0] : undefined;
}
