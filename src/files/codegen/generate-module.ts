import { type OptionNames, requireOptions, requireSnapshot } from "../../schema/arguments.ts";
import type { PartitionOptions } from "../../schema/partitions.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { importLines, type ModuleContext, moduleContext, type TypeChoice } from "./column-types.ts";
import { type TableInterfaces, tableInterfaces } from "./interfaces.ts";
import { keyTypes, referenceTypes, relationTypes } from "./relation-types.ts";
import { stableSnapshot } from "./snapshot-json.ts";
import { interfaceNames, propertyName } from "./typescript.ts";

/** Options of `generateModule`. */
export interface GenerateModuleOptions extends PartitionOptions {
  /** `"table.column"` → the TypeScript type of its values, for json columns; with `from` the type is imported. */
  readonly types?: Readonly<Record<string, TypeChoice>>;
  /** The module specifier of rowfn; `"rowfn"` by default. */
  readonly from?: string;
  /**
   * The module specifier of a file with the text of `snapshotJson`, such as `"./database.json"`, which a review can read;
   * by default the snapshot is part of the module.
   */
  readonly snapshot?: string;
}

const MODULE_OPTIONS: OptionNames<GenerateModuleOptions> = {
  types: true,
  from: true,
  snapshot: true,
  partitions: true,
};

/**
 * Generates a TypeScript module for a snapshot: interfaces for the rows, inserts and updates of each table, and `schema`,
 * the snapshot with these types. Equal databases give identical modules.
 * @param schema a snapshot
 * @param options types of columns, the module specifiers of rowfn and of the snapshot; `partitions: true` for the types of
 * partitions, too
 * @returns the module's text
 * @throws ArgumentError if a chosen type is invalid; UnknownNameError if its column does not exist
 * @example `await Bun.write("src/database.ts", generateModule(schema))`
 */
export function generateModule(schema: AnySchema, options: GenerateModuleOptions = {}): string {
  requireSnapshot(schema);
  requireOptions("generateModule", options, MODULE_OPTIONS);
  const { types = {}, from = "rowfn", snapshot } = options;
  const plain = stableSnapshot(schema, options);
  const context = moduleContext(plain, types);
  const body = moduleBody(context);
  // `require`, because the compiler would infer the type of every value of an imported JSON file.
  const value =
    snapshot === undefined ? JSON.stringify(JSON.stringify(plain)) : `require(${JSON.stringify(snapshot)})`;
  return [
    "// Generated from the database by `rowfn generate`; do not edit.",
    ...importLines(body, from, context),
    "",
    body,
    "",
    "/** The snapshot from which this module was generated. */",
    `export const schema: SchemaSnapshot<Tables> = parseSchema<Tables>(${value});`,
    "",
  ]
    .join("\n")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

function moduleBody(context: ModuleContext): string {
  const relations = context.schema.relations.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const names = interfaceNames(relations, context.imports);
  const tables = relations.map(relation => ({
    relation,
    interfaces: tableInterfaces(context, relation, names.get(relation)!),
  }));
  const entries = tables.map(({ relation, interfaces }) => tableEntry(context, relation, interfaces));
  return [
    ...tables.map(({ interfaces }) => interfaces.text),
    `export interface Tables {\n${entries.join("\n")}\n}`,
  ].join("\n\n");
}

function tableEntry(
  context: ModuleContext,
  relation: Relation,
  { row, insert, update, filter }: TableInterfaces,
): string {
  const { key, keyRow } = keyTypes(context, relation);
  const relations = relationTypes(context.schema, relation).map(line => `      ${line}`);
  const references = referenceTypes(context.schema, relation);
  const lines = [
    `  ${propertyName(relation.key)}: {`,
    ...[`row: ${row};`, `insert: ${insert};`, `update: ${update};`].map(line => `    ${line}`),
    ...(filter === undefined ? [] : [`    filter: ${filter};`]),
    `    key: ${key};`,
    `    keyRow: ${keyRow};`,
    ...(relations.length === 0 ? ["    relations: {};"] : ["    relations: {", ...relations, "    };"]),
    ...(references.length === 0 ? [] : [`    references: { ${references.join("; ")} };`]),
    "  };",
  ];
  return lines.join("\n");
}
