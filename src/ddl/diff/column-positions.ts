import type { AnySchema, Relation, SqlFunction } from "../../schema/snapshot.ts";
import { relationId } from "./compare.ts";
import { calls } from "./function-steps.ts";

/**
 * The ids of the tables whose columns something finds by their position: a function with an SQL body returns their rows, or a
 * query renames the columns of the table or of such a function, as PostgreSQL prints each call of one in FROM. With another
 * order of the columns these texts would have the values of other columns.
 */
export function positionalTables(schema: AnySchema): ReadonlySet<string> {
  const texts = [
    ...schema.relations.map(({ definition }) => definition),
    ...schema.functions.filter(hasSqlBody).map(({ definition }) => definition),
    ...schema.objects.map(({ definition }) => definition),
  ].filter(text => text !== null);
  return new Set(
    schema.relations
      .filter(({ kind, isPartition, parents }) => kind === "table" && !isPartition && parents.length === 0)
      .filter(table => isPositional(schema, table, texts))
      .map(relationId),
  );
}

function isPositional({ functions }: AnySchema, table: Relation, texts: readonly string[]): boolean {
  const ofRows = functions.filter(one => returnsRows(one, table));
  return (
    ofRows.some(hasSqlBody) ||
    texts.some(text => ofRows.some(one => calls(text, one)) || renamesColumns(text, table))
  );
}

function returnsRows({ returns, uses }: SqlFunction, table: Relation): boolean {
  const name = returns?.replace(/^SETOF /, "").replaceAll('"', "");
  return (
    name === `${table.schema}.${table.name}`.replaceAll('"', "") &&
    uses.some(one => relationId(one) === relationId(table))
  );
}

/** Whether PostgreSQL has parsed the body of a function, in which it lists the columns. */
function hasSqlBody({ definition }: SqlFunction): boolean {
  return definition !== null && /\n(?:RETURN |BEGIN ATOMIC\n)/.test(definition);
}

const NAME = '(?:"(?:[^"]|"")*"|[a-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*)';

/** Whether a query has the table with an alias and names for its columns: `public.album a(x, y)`. */
function renamesColumns(text: string, { name }: Relation): boolean {
  const printed = `(?:${RegExp.escape(name)}|"${RegExp.escape(name.replaceAll('"', '""'))}")`;
  return new RegExp(`(?:FROM|JOIN|,|\\() *(?:ONLY )?${NAME}\\.${printed} ${NAME}\\(`).test(text);
}
