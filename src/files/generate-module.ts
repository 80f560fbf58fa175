import { ArgumentError } from "../errors.ts";
import { columnOf } from "../schema/relation-of.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import { unscoped } from "../statements/scope.ts";
import { interfaceNames } from "./interface-names.ts";
import { type ColumnTypes, interfaceTexts } from "./interface-text.ts";
import { keyTypes, relationTypes } from "./relation-types.ts";
import { mentionedTypes, propertyName } from "./type-text.ts";

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
  const names = interfaceNames(relations);
  const interfaces = relations.map(relation =>
    interfaceTexts(plain, relation, names.get(relation)!, chosen.types),
  );
  const entries = relations.map(relation => tableEntry(plain, relation, names.get(relation)!, chosen.types));
  const body = [...interfaces, `export interface Tables {\n${entries.join("\n")}\n}`].join("\n\n");
  return [
    "// Made from the database by `rowfn generate`; changes are lost when it is made again.",
    importText(["parseSchema"], mentionedTypes(body), from),
    ...chosen.imports,
    "",
    body,
    "",
    "/** The database as it was when this module was made. */",
    `export const schema: SchemaSnapshot<Tables> = parseSchema<Tables>(${quoted(JSON.stringify(plain))});`,
    "",
  ].join("\n");
}

function importText(values: readonly string[], types: readonly string[], from: string): string {
  const names = [...values, ...[...types, "SchemaSnapshot"].map(name => `type ${name}`)];
  return `import { ${names.join(", ")} } from ${JSON.stringify(from)};`;
}

// A line separator may stand in a string of JSON, and not everywhere in one of TypeScript.
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

interface Chosen {
  readonly types: ColumnTypes;
  readonly imports: readonly string[];
}

function chosenTypes(schema: AnySchema, types: NonNullable<GenerateOptions["types"]>): Chosen {
  const known = new Map<string, string>();
  const imports = new Map<string, Set<string>>();
  for (const [path, choice] of Object.entries(types)) {
    const dot = path.lastIndexOf(".");
    if (dot < 1) throw new ArgumentError(`types has "table.column" → type, received ${JSON.stringify(path)}`);
    columnOf(schema, path.slice(0, dot), path.slice(dot + 1));
    const { type, from } = typeof choice === "string" ? { type: choice, from: undefined } : choice;
    known.set(path, type);
    if (from !== undefined) imports.set(from, (imports.get(from) ?? new Set()).add(type));
  }
  const lines = [...imports].map(
    ([from, names]) => `import type { ${[...names].join(", ")} } from ${JSON.stringify(from)};`,
  );
  return { types: known, imports: lines };
}

function tableEntry(schema: AnySchema, relation: Relation, name: string, types: ColumnTypes): string {
  const { key, keyRow } = keyTypes(schema, relation, types);
  const relations = relationTypes(schema, relation);
  const parts = [
    `row: ${name}Row`,
    `insert: ${name}Insert`,
    `update: ${name}Update`,
    `key: ${key}`,
    `keyRow: ${keyRow}`,
    `relations: ${relations}`,
  ];
  return `  ${propertyName(relation.key)}: { ${parts.join("; ")} };`;
}
