import { ArgumentError } from "../../errors.ts";
import { columnPath, parseColumnPath } from "../../schema/column-path.ts";
import { columnOf, relationOf } from "../../schema/relation-of.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";

/** A TypeScript type, or a type that another module exports. */
export type TypeChoice = string | { readonly type: string; readonly from: string };

/** A snapshot and the types that the user has chosen for columns. */
export interface ModuleContext {
  readonly schema: AnySchema;
  /** The path of a column → the type. */
  readonly types: ReadonlyMap<string, string>;
  /** The type → the module that exports it. */
  readonly imports: ReadonlyMap<string, string>;
}

/** The context of a generated module; throws if a column of a choice does not exist or its type is invalid. */
export function moduleContext(
  schema: AnySchema,
  choices: Readonly<Record<string, TypeChoice>>,
): ModuleContext {
  const types = new Map<string, string>();
  const imports = new Map<string, string>();
  for (const [path, choice] of Object.entries(choices)) {
    const given = parseColumnPath(path);
    if (given === undefined)
      throw new ArgumentError(`a key of types must be "table.column", received ${JSON.stringify(path)}`);
    const relation = relationOf(schema, given.table);
    const own = columnPath(relation, columnOf(schema, relation.key, given.column).name);
    if (types.has(own)) throw new ArgumentError(`types: ${own} is given twice; remove one`);
    types.set(own, typeof choice === "string" ? choice : addImport(path, choice, imports));
  }
  return { schema, types, imports };
}

/** The type that the user has chosen for a column. */
export function chosenType(
  { types }: ModuleContext,
  relation: Relation,
  { name }: Pick<Column, "name">,
): string | undefined {
  return types.get(columnPath(relation, name));
}

function addImport(
  path: string,
  { type, from }: Exclude<TypeChoice, string>,
  imports: Map<string, string>,
): string {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(type))
    throw new ArgumentError(
      `types: ${path}: type must be the name of an export of ${JSON.stringify(from)}, received ${JSON.stringify(type)}`,
    );
  if (ROWFN_TYPES.includes(type) || (imports.get(type) ?? from) !== from)
    throw new ArgumentError(
      `types: ${path}: a different type is already named ${type}; export yours under a different name`,
    );
  imports.set(type, from);
  return type;
}

// The types of rowfn that the JavaScript form of a codec may use.
const ROWFN_TYPES: readonly string[] = [
  "Box",
  "Circle",
  "Json",
  "JsonWithBigints",
  "Line",
  "LineSegment",
  "NestedArray",
  "Path",
  "Point",
  "Polygon",
  "Range",
];

/** The import statements of a module: `parseSchema` and the types of rowfn that its body uses, and the chosen types. */
export function importLines(body: string, from: string, { imports }: ModuleContext): readonly string[] {
  const types = [...usedTypes(body), "SchemaSnapshot"].map(name => `type ${name}`);
  const modules = Map.groupBy(imports, ([, module]) => module);
  return [
    `import { ${["parseSchema", ...types].join(", ")} } from ${JSON.stringify(from)};`,
    ...[...modules].map(
      ([module, names]) =>
        `import type { ${names.map(([name]) => name).join(", ")} } from ${JSON.stringify(module)};`,
    ),
  ];
}

// Names in comments, strings and properties are not types.
function usedTypes(body: string): readonly string[] {
  const code = body.replaceAll(/\/\*\*.*?\*\/|"(?:[^"\\]|\\.)*"|[\w$]+\??:/gs, "");
  const words = new Set(code.match(/[\w$]+/g));
  return ROWFN_TYPES.filter(name => words.has(name));
}
