import type { AnySchema, Column, Relation } from "../schema/snapshot.ts";
import type { Codec } from "../types/codec.ts";
import { codecOf } from "../types/resolve.ts";
import { type TableRule, tableRules } from "../validate/table-rules.ts";
import { inputType, propertyName } from "./type-text.ts";

/** `"table.column"` → the type that was chosen for it. */
export type ColumnTypes = ReadonlyMap<string, string>;

/** The interfaces of a relation: its rows, and what insert and update take. */
export function interfaceTexts(
  schema: AnySchema,
  relation: Relation,
  name: string,
  types: ColumnTypes,
): string {
  const readable = relation.columns.filter(({ privileges }) => privileges.select);
  const rows = readable.map(column =>
    rowProperty(relation, column, codecOf(schema, relation, column), types),
  );
  const insert = [...tableRules(schema, relation.key, "insert").columns.values()];
  const update = [...tableRules(schema, relation.key, "update").columns.values()];
  return [
    docComment(rowComment(relation)),
    interfaceText(`${name}Row`, rows),
    "",
    interfaceText(
      `${name}Insert`,
      insert.map(rule => inputProperty(relation, rule, !rule.required, types)),
    ),
    "",
    interfaceText(
      `${name}Update`,
      update.map(rule => inputProperty(relation, rule, true, types)),
    ),
  ]
    .filter((part, index) => part !== "" || index > 1)
    .join("\n");
}

function rowComment({ kind, comment }: Relation): string | null {
  const what = kind === "table" || kind === "partitioned" ? null : `A ${KINDS[kind]}.`;
  return [comment, what].filter(part => part !== null).join("\n\n") || null;
}

const KINDS = { view: "view", materializedView: "materialised view", foreign: "foreign table" } as const;

function interfaceText(name: string, properties: readonly string[]): string {
  return properties.length === 0
    ? `export interface ${name} {}`
    : `export interface ${name} {\n${properties.join("\n")}\n}`;
}

function rowProperty(relation: Relation, column: Column, codec: Codec, types: ColumnTypes): string {
  const type = types.get(`${relation.key}.${column.name}`) ?? codec.form;
  const isNullable = column.nullOnRead !== "never";
  const unknown = column.nullOnRead === "unknown" ? "Perhaps never null: PostgreSQL does not tell." : null;
  const comment = [column.comment, unknown].filter(part => part !== null).join("\n\n") || null;
  return indented(
    docComment(comment),
    `${propertyName(column.name)}: ${type}${isNullable ? " | null" : ""};`,
  );
}

function inputProperty(
  relation: Relation,
  { column, codec, nullable }: TableRule,
  isOptional: boolean,
  types: ColumnTypes,
): string {
  const type = types.get(`${relation.key}.${column.name}`) ?? inputType(codec);
  const comment = column.default === null ? null : `By default ${column.default}`;
  const property = `${propertyName(column.name)}${isOptional ? "?" : ""}: ${type}${nullable ? " | null" : ""};`;
  return indented(docComment(isOptional ? comment : null), property);
}

function indented(...lines: readonly string[]): string {
  return lines
    .filter(line => line !== "")
    .join("\n")
    .replaceAll(/^/gm, "  ");
}

/** A doc comment, or nothing; what would end it early is taken apart. */
function docComment(text: string | null): string {
  if (text === null) return "";
  const lines = text.replaceAll("*/", "*\\/").split(/\r\n|[\n\r\u2028\u2029]/);
  return lines.length === 1
    ? `/** ${lines[0]} */`
    : ["/**", ...lines.map(line => ` * ${line}`.trimEnd()), " */"].join("\n");
}
