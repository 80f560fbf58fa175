import { ArgumentError } from "../../errors.ts";
import { columnOf, relationOf } from "../../schema/relation-of.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { unscoped } from "../../statements/scope.ts";
import { interfaceNames } from "./interface-names.ts";
import { type ColumnTypes, type TableInterfaces, tableInterfaces } from "./interface-text.ts";
import { keyTypes, relationTypes } from "./relation-types.ts";
import { isOwnType, mentionedTypes, propertyName } from "./type-text.ts";

/** How `generateModule` writes. */
export interface GenerateOptions {
  /** `"table.column"` → the type its values have, for json columns: a TypeScript type, or one of another module. */
  readonly types?: Readonly<Record<string, string | { readonly type: string; readonly from: string }>>;
  /** What the module imports rowfn from; `"rowfn"` by default. */
  readonly from?: string;
}

/**
 * A TypeScript module for a snapshot: an interface for the rows of each table and for what can be inserted and updated,
 * and `schema`, a snapshot with these types. The same database gives the same bytes.
 * @param schema a snapshot
 * @param options types of columns, where rowfn is imported from
 * @returns the module's text
 * @throws ArgumentError and UnknownNameError for a type of a column that does not exist
 * @example `await Bun.write("src/database.ts", generateModule(schema))`
 */
export function generateModule(schema: AnySchema, options: GenerateOptions = {}): string {
  const { types = {}, from = "rowfn" } = options;
  const plain = unscoped(schema);
  const chosen = chosenTypes(plain, types);
  const relations = plain.relations.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const names = interfaceNames(relations, chosen.imports);
  const tables = relations.map(relation => ({
    relation,
    interfaces: tableInterfaces(plain, relation, names.get(relation)!, chosen.types),
  }));
  const entries = tables.map(({ relation, interfaces }) =>
    tableEntry(plain, relation, interfaces, chosen.types),
  );
  const body = [
    ...tables.map(({ interfaces }) => interfaces.text),
    `export interface Tables {\n${entries.join("\n")}\n}`,
  ].join("\n\n");
  return [
    "// Made from the database by `rowfn generate`; changes are lost when it is made again.",
    importText(mentionedTypes(body), from),
    ...importLines(chosen.imports),
    "",
    body,
    "",
    "/** The database as it was when this module was made. */",
    `export const schema: SchemaSnapshot<Tables> = parseSchema<Tables>(${JSON.stringify(JSON.stringify(plain))});`,
    "",
  ]
    .join("\n")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

function importText(types: readonly string[], from: string): string {
  const names = ["parseSchema", ...[...types, "SchemaSnapshot"].map(name => `type ${name}`)];
  return `import { ${names.join(", ")} } from ${JSON.stringify(from)};`;
}

function importLines(imports: Chosen["imports"]): readonly string[] {
  const modules = Map.groupBy(imports, ([, from]) => from);
  return [...modules].map(
    ([from, names]) =>
      `import type { ${names.map(([name]) => name).join(", ")} } from ${JSON.stringify(from)};`,
  );
}

interface Chosen {
  readonly types: ColumnTypes;
  /** Name → the module it comes from. */
  readonly imports: ReadonlyMap<string, string>;
}

function chosenTypes(schema: AnySchema, choices: NonNullable<GenerateOptions["types"]>): Chosen {
  const types = new Map<string, string>();
  const imports = new Map<string, string>();
  for (const [path, choice] of Object.entries(choices)) {
    const dot = path.lastIndexOf(".");
    if (dot < 1) throw new ArgumentError(`types has "table.column" → type, received ${JSON.stringify(path)}`);
    const { key } = relationOf(schema, path.slice(0, dot));
    const { name } = columnOf(schema, key, path.slice(dot + 1));
    types.set(`${key}.${name}`, typeof choice === "string" ? choice : importedType(path, choice, imports));
  }
  return { types, imports };
}

function importedType(
  path: string,
  { type, from }: { readonly type: string; readonly from: string },
  imports: Map<string, string>,
): string {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(type))
    throw new ArgumentError(
      `types: ${path} names one exported type of ${JSON.stringify(from)}, received ${type}`,
    );
  if (isOwnType(type) || (imports.get(type) ?? from) !== from)
    throw new ArgumentError(
      `types: ${path}: another type is called ${type} already; export it under another name`,
    );
  imports.set(type, from);
  return type;
}

function tableEntry(
  schema: AnySchema,
  relation: Relation,
  { row, insert, update, filter }: TableInterfaces,
  types: ColumnTypes,
): string {
  const { key, keyRow } = keyTypes(schema, relation, types);
  const relations = relationTypes(schema, relation).map(line => `      ${line}`);
  const lines = [
    `  ${propertyName(relation.key)}: {`,
    ...[`row: ${row};`, `insert: ${insert};`, `update: ${update};`].map(line => `    ${line}`),
    ...(filter === undefined ? [] : [`    filter: ${filter};`]),
    `    key: ${key};`,
    `    keyRow: ${keyRow};`,
    ...(relations.length === 0 ? ["    relations: {};"] : ["    relations: {", ...relations, "    };"]),
    "  };",
  ];
  return lines.join("\n");
}
