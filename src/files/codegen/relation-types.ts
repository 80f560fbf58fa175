import { referencedRelations, referringRelations } from "../../schema/referrers.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { linkOf } from "../../statements/relation-link.ts";
import { codecOf } from "../../types/resolve.ts";
import type { ColumnTypes } from "./interface-text.ts";
import { propertyName } from "./type-text.ts";

/** The relations that `include` finds by a table's name alone, a line each: `album: { table: "album"; many: true };`. */
export function relationTypes(schema: AnySchema, relation: Relation): readonly string[] {
  const columns = new Set(relation.columns.map(({ name }) => name));
  return relatedTables(schema, relation)
    .filter(({ key }) => !columns.has(key))
    .flatMap(({ key }) => {
      const many = isMany(schema, relation, key);
      return many === undefined
        ? []
        : [`${propertyName(key)}: { table: ${JSON.stringify(key)}; many: ${many} };`];
    });
}

// Undefined where there are several ways, of which one has to be named.
function isMany(schema: AnySchema, relation: Relation, table: string): boolean | undefined {
  try {
    return linkOf(schema, relation, table, {}).isMany;
  } catch {
    return undefined;
  }
}

// Those it refers to, those that refer to it, and those that these refer to: they may be the table between.
function relatedTables(schema: AnySchema, relation: Relation): readonly Relation[] {
  const related = new Set(referencedRelations(schema, relation));
  for (const referrer of referringRelations(schema, relation))
    for (const one of [referrer, ...referencedRelations(schema, referrer)]) related.add(one);
  return [...related].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The primary key as `get` takes it, and as `update` finds it in a row. */
export function keyTypes(
  schema: AnySchema,
  relation: Relation,
  types: ColumnTypes,
): { readonly key: string; readonly keyRow: string } {
  const names = relation.primaryKey?.columns.filter(name => name !== null) ?? [];
  if (names.length === 0) return { key: "never", keyRow: "never" };
  const typed = names.map(name => {
    const column = relation.columns.find(one => one.name === name)!;
    return types.get(`${relation.key}.${name}`) ?? codecOf(schema, relation, column).input;
  });
  const keyRow = `{ ${names.map((name, index) => `${propertyName(name)}: ${typed[index]}`).join("; ")} }`;
  const key = names.length === 1 ? `${typed[0]} | ${keyRow}` : `readonly [${typed.join(", ")}] | ${keyRow}`;
  return { key, keyRow };
}
