import type { Column, Relation } from "../../schema/snapshot.ts";
import { codecOf } from "../../types/resolve.ts";
import { type TableRule, tableRules } from "../../validate/rules.ts";
import { chosenType, type ModuleContext } from "./column-types.ts";
import { docComment, propertyName } from "./typescript.ts";

/** The interfaces of a table and their names; `never` if rows cannot be inserted or updated. */
export interface TableInterfaces {
  readonly text: string;
  readonly row: string;
  readonly insert: string;
  readonly update: string;
  /** Undefined if filters accept exactly the types of a row. */
  readonly filter: string | undefined;
}

/** The interfaces of a relation: its rows, the input of insert and update, the values of filters. */
export function tableInterfaces(context: ModuleContext, relation: Relation, name: string): TableInterfaces {
  const { updatable } = relation;
  const insert = updatable.insert ? inputText(context, relation, `${name}Insert`, "insert") : undefined;
  const update = updatable.update ? inputText(context, relation, `${name}Update`, "update") : undefined;
  const filter = filterText(context, relation, `${name}Filter`);
  const row = rowText(context, relation, `${name}Row`);
  return {
    text: [row, insert, update, filter].filter(text => text !== undefined).join("\n\n"),
    row: `${name}Row`,
    insert: insert === undefined ? "never" : `${name}Insert`,
    update: update === undefined ? "never" : `${name}Update`,
    filter: filter === undefined ? undefined : `${name}Filter`,
  };
}

function rowText(context: ModuleContext, relation: Relation, name: string): string {
  const properties = readableColumns(relation).map(column =>
    property([column.comment], propertyName(column.name), orNull(column, rowType(context, relation, column))),
  );
  return docComment(rowComment(relation)) + interfaceText(name, properties);
}

function readableColumns(relation: Relation): readonly Column[] {
  return relation.columns.filter(({ privileges }) => privileges.select);
}

const KINDS = {
  view: "A view.",
  materializedView: "A materialized view.",
  foreign: "A foreign table.",
} as const;
const UNKNOWN_NULLS = "PostgreSQL does not report which columns are never null.";

function rowComment(relation: Relation): readonly (string | null)[] {
  const { kind, comment } = relation;
  const what = kind === "table" || kind === "partitioned" ? null : KINDS[kind];
  const isUnknown = readableColumns(relation).some(({ nullOnRead }) => nullOnRead === "unknown");
  return [comment, what, isUnknown ? UNKNOWN_NULLS : null];
}

function interfaceText(name: string, properties: readonly string[]): string {
  return properties.length === 0
    ? `export interface ${name} {}`
    : `export interface ${name} {\n${properties.join("\n")}\n}`;
}

function orNull({ nullOnRead }: Column, type: string): string {
  return nullOnRead === "never" ? type : `${type} | null`;
}

function rowType(context: ModuleContext, relation: Relation, column: Column): string {
  return chosenType(context, relation, column) ?? codecOf(context.schema, relation, column).form;
}

function inputText(
  context: ModuleContext,
  relation: Relation,
  name: string,
  purpose: "insert" | "update",
): string {
  const rules = [...tableRules(context.schema, relation.key, purpose).columns.values()];
  const properties = rules.map(rule => {
    const { column } = rule;
    const initial = purpose === "update" || column.default === null ? null : `By default ${column.default}`;
    return inputProperty(rule, [column.comment, initial], chosenType(context, relation, column));
  });
  return interfaceText(name, properties);
}

function inputProperty(
  { column, codec, nullable, required }: TableRule,
  comment: readonly (string | null)[],
  type: string = codec.input,
): string {
  const name = `${propertyName(column.name)}${required ? "" : "?"}`;
  const inherited = required || !(column.name in Object.prototype) ? "" : inheritedType(column.name);
  return property(comment, name, `${type}${nullable ? " | null" : ""}${inherited}`);
}

// For the compiler every object has `constructor` and `toString`, which an optional property of that name would reject.
function inheritedType(name: string): string {
  return name.startsWith("__") ? "" : ` | Object[${JSON.stringify(name)}]`;
}

// All columns are listed, because a derived type would cost compile time for every table.
function filterText(context: ModuleContext, relation: Relation, name: string): string | undefined {
  const columns = readableColumns(relation).map(column => {
    const { input } = codecOf(context.schema, relation, column);
    const type = chosenType(context, relation, column) ?? input;
    return { column, type, isWider: type !== rowType(context, relation, column) };
  });
  if (!columns.some(({ isWider }) => isWider)) return undefined;
  return interfaceText(
    name,
    columns.map(({ column, type }) => property([], propertyName(column.name), orNull(column, type))),
  );
}

function property(comment: readonly (string | null)[], name: string, type: string): string {
  // Only a line feed ends a line: names and labels can contain U+2028.
  return `  ${`${docComment(comment)}${name}: ${type};`.replaceAll("\n", "\n  ")}`;
}
