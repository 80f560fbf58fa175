import { unquoted } from "../quote.ts";
import { relationId } from "../relation-name.ts";
import type { Column, Relation } from "../snapshot.ts";

const NAME = '(?:"(?:[^"]|"")*"|[a-z_][a-z0-9_]*)';
const ITEM = new RegExp(`^(?:${NAME}\\.)?(${NAME})(?: AS (${NAME}))?$`);
const SOURCE = new RegExp(`^(?:ONLY )?(${NAME})\\.(${NAME})(?: ${NAME})?(?:\\n|$)`);

/**
 * Marks a column of a view as not updatable if it is a generated column of the table under the view, because PostgreSQL reports
 * that it is updatable, and rejects every value. The columns of a view that PostgreSQL updates are those of one table.
 */
export function withGeneratedBehind(relations: readonly Relation[]): readonly Relation[] {
  const isGenerated = ({ generated }: Column): boolean => generated !== null;
  if (!relations.some(({ columns }) => columns.some(isGenerated))) return relations;
  const byName = new Map(relations.map(relation => [relationId(relation), relation]));
  return relations.map(relation => {
    const names = generatedNames(byName, relation);
    if (relation.kind !== "view" || names.size === 0) return relation;
    const columns = relation.columns.map(one => (names.has(one.name) ? { ...one, updatable: false } : one));
    return { ...relation, columns };
  });
}

type Relations = ReadonlyMap<string, Relation>;

const NONE: ReadonlySet<string> = new Set();

/** The columns of a table that are generated, or those of a view that are generated columns of the table under it. */
function generatedNames(byName: Relations, relation: Relation): ReadonlySet<string> {
  if (relation.kind !== "view")
    return new Set(relation.columns.filter(({ generated }) => generated !== null).map(({ name }) => name));
  // A rule that replaces the write accepts every column.
  if (relation.hasRules || relation.definition === null) return NONE;
  const [, list, source] = /^SELECT (.*?)\n {3}FROM (.*)$/s.exec(relation.definition) ?? [];
  const [, schema, name] = SOURCE.exec(source ?? "") ?? [];
  const table =
    schema === undefined
      ? undefined
      : byName.get(relationId({ schema: unquoted(schema), name: unquoted(name!) }));
  if (table === undefined) return NONE;
  const names = generatedNames(byName, table);
  if (names.size === 0) return NONE;
  const items = list!.split(/,\n {4}(?! )/).map(item => ITEM.exec(item));
  const found = items.flatMap(item =>
    item !== null && names.has(unquoted(item[1]!)) ? [item[2] ?? item[1]!] : [],
  );
  return new Set(found.map(unquoted));
}
