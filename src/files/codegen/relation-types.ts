import { referencedRelations, referringRelations } from "../../schema/referrers.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { type Link, linkOf, linkToOne } from "../../statements/relation-link.ts";
import { codecOf } from "../../types/resolve.ts";
import { chosenType, type ModuleContext } from "./column-types.ts";
import { propertyName } from "./typescript.ts";

/** The relations that `include` finds by a table's name alone, one per line: `album: { table: "album"; many: true; columns: "artist_id" };`. */
export function relationTypes(schema: AnySchema, relation: Relation): readonly string[] {
  const columns = new Set(relation.columns.map(({ name }) => name));
  return relatedTables(schema, relation)
    .filter(({ key }) => !columns.has(key))
    .flatMap(({ key }) => {
      const link = findLink(schema, relation, key);
      if (link === undefined) return [];
      const { isMany, from, to, through } = link;
      const names = (isMany ? to : from).map(name => JSON.stringify(name)).join(" | ");
      const columns = through === undefined ? [`columns: ${names}`] : [];
      const type = [`table: ${JSON.stringify(key)}`, `many: ${isMany}`, ...columns].join("; ");
      return [`${propertyName(key)}: { ${type} };`];
    });
}

/**
 * The paths of `orderBy` to one related row that `include` does not find by a table's name alone: `employee: "employee"` of a
 * self-reference, `trip_goal: "place"` of one of several foreign keys to a table.
 */
export function referenceTypes(schema: AnySchema, relation: Relation): readonly string[] {
  const columns = new Set(relation.columns.map(({ name }) => name));
  return [...referencedRelations(schema, relation)]
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .flatMap(({ key, schema: namespace, name }) => {
      const isIncluded = !columns.has(key) && findLink(schema, relation, key)?.isMany === false;
      if (isIncluded) return [];
      const names = relation.foreignKeys
        .filter(({ references }) => references.schema === namespace && references.name === name)
        .map(one => one.name);
      return [key, ...(names.length > 1 ? names : [])]
        .filter(step => isStep(schema, relation, step))
        .map(step => `${propertyName(step)}: ${JSON.stringify(key)}`);
    });
}

function isStep(schema: AnySchema, relation: Relation, name: string): boolean {
  try {
    linkToOne(schema, relation, name, "");
    return true;
  } catch {
    return false;
  }
}

// Undefined if several foreign keys connect the tables, so that `include` has to name one.
function findLink(schema: AnySchema, relation: Relation, table: string): Link | undefined {
  try {
    return linkOf(schema, relation, table, {});
  } catch {
    return undefined;
  }
}

// Referenced tables, referring tables, and the tables beyond a referring one, which may be a junction table.
function relatedTables(schema: AnySchema, relation: Relation): readonly Relation[] {
  const related = new Set(referencedRelations(schema, relation));
  for (const referrer of referringRelations(schema, relation))
    for (const one of [referrer, ...referencedRelations(schema, referrer)]) related.add(one);
  return [...related].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The types of the primary key as `get` accepts it, and as `update` expects it in a row. */
export function keyTypes(
  context: ModuleContext,
  relation: Relation,
): { readonly key: string; readonly keyRow: string } {
  const names = relation.primaryKey?.columns.filter(name => name !== null) ?? [];
  if (names.length === 0) return { key: "never", keyRow: "never" };
  const types = names.map(name => {
    const column = relation.columns.find(one => one.name === name)!;
    return chosenType(context, relation, column) ?? codecOf(context.schema, relation, column).input;
  });
  const keyRow = `{ ${names.map((name, index) => `${propertyName(name)}: ${types[index]}`).join("; ")} }`;
  const key = names.length === 1 ? `${types[0]} | ${keyRow}` : `readonly [${types.join(", ")}] | ${keyRow}`;
  return { key, keyRow };
}
