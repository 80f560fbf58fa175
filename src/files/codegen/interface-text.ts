import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
import { codecOf } from "../../types/resolve.ts";
import { type TableRule, tableRules } from "../../validate/table-rules.ts";
import { docComment } from "./doc-comment.ts";
import { propertyName } from "./type-text.ts";

/** `"table.column"` → the type that was chosen for it. */
export type ColumnTypes = ReadonlyMap<string, string>;

/** The interfaces of a table and the names its entry in `Tables` calls them by; `never` for what it does not take. */
export interface TableInterfaces {
  readonly text: string;
  readonly row: string;
  readonly insert: string;
  readonly update: string;
  /** Undefined where filters compare with exactly what a row holds. */
  readonly filter: string | undefined;
}

/** The interfaces of a relation: its rows, what insert and update take, what filters compare with. */
export function tableInterfaces(
  schema: AnySchema,
  relation: Relation,
  name: string,
  types: ColumnTypes,
): TableInterfaces {
  const { updatable } = relation;
  const rows = readable(relation).map(column => rowProperty(schema, relation, column, types));
  const row = docComment(rowComment(relation)) + interfaceText(`${name}Row`, rows);
  const insert = updatable.insert ? inputText(schema, relation, `${name}Insert`, "insert", types) : undefined;
  const update = updatable.update ? inputText(schema, relation, `${name}Update`, "update", types) : undefined;
  const filter = filterText(schema, relation, name, types);
  return {
    text: [row, insert, update, filter].filter(text => text !== undefined).join("\n\n"),
    row: `${name}Row`,
    insert: insert === undefined ? "never" : `${name}Insert`,
    update: update === undefined ? "never" : `${name}Update`,
    filter: filter === undefined ? undefined : `${name}Filter`,
  };
}

function readable(relation: Relation): readonly Column[] {
  return relation.columns.filter(({ privileges }) => privileges.select);
}

const KINDS = {
  view: "A view.",
  materializedView: "A materialised view.",
  foreign: "A foreign table.",
} as const;
const UNKNOWN_NULLS = "PostgreSQL does not tell which of its columns are never null.";

function rowComment(relation: Relation): readonly (string | null)[] {
  const { kind, comment } = relation;
  const what = kind === "table" || kind === "partitioned" ? null : KINDS[kind];
  return [comment, what, isNullUnknown(relation) ? UNKNOWN_NULLS : null];
}

function isNullUnknown(relation: Relation): boolean {
  return readable(relation).some(({ nullOnRead }) => nullOnRead === "unknown");
}

function interfaceText(name: string, properties: readonly string[]): string {
  return properties.length === 0
    ? `export interface ${name} {}`
    : `export interface ${name} {\n${properties.join("\n")}\n}`;
}

function rowProperty(schema: AnySchema, relation: Relation, column: Column, types: ColumnTypes): string {
  const type = types.get(`${relation.key}.${column.name}`) ?? rowType(schema, relation, column);
  return property([column.comment], propertyName(column.name), orNull(column, type));
}

function orNull({ nullOnRead }: Column, type: string): string {
  return nullOnRead === "never" ? type : `${type} | null`;
}

// PostgreSQL does not enforce the declared dimensions; they are what one means.
function rowType(schema: AnySchema, relation: Relation, column: Column): string {
  const { form, shape } = codecOf(schema, relation, column);
  return shape.kind === "array" ? form + "[]".repeat(Math.max(column.dimensions - 1, 0)) : form;
}

function inputText(
  schema: AnySchema,
  relation: Relation,
  name: string,
  purpose: "insert" | "update",
  types: ColumnTypes,
): string {
  const rules = [...tableRules(schema, relation.key, purpose).columns.values()];
  return interfaceText(
    name,
    rules.map(rule => inputProperty(relation, rule, purpose, types)),
  );
}

function inputProperty(
  relation: Relation,
  rule: TableRule,
  purpose: "insert" | "update",
  types: ColumnTypes,
): string {
  const { column, codec, nullable, required } = rule;
  const type = types.get(`${relation.key}.${column.name}`) ?? codec.input;
  const initial = purpose === "update" || column.default === null ? null : `By default ${column.default}`;
  const name = `${propertyName(column.name)}${required ? "" : "?"}`;
  return property([column.comment, initial], name, `${type}${nullable ? " | null" : ""}`);
}

function filterText(
  schema: AnySchema,
  relation: Relation,
  name: string,
  types: ColumnTypes,
): string | undefined {
  const columns = readable(relation).map(column => {
    const row = types.get(`${relation.key}.${column.name}`) ?? rowType(schema, relation, column);
    const codec = codecOf(schema, relation, column);
    const type = types.has(`${relation.key}.${column.name}`) ? row : codec.input;
    return { column, type, isWider: type !== row };
  });
  // Spelt out: a type made of another one would cost the compiler something for every table.
  return columns.some(({ isWider }) => isWider)
    ? interfaceText(
        `${name}Filter`,
        columns.map(({ column, type }) => property([], propertyName(column.name), orNull(column, type))),
      )
    : undefined;
}

function property(comment: readonly (string | null)[], name: string, type: string): string {
  return `${docComment(comment)}${name}: ${type};`.replaceAll(/^/gm, "  ");
}
