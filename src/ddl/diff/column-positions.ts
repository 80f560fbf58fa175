import { unquoted } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Relation, SqlFunction } from "../../schema/snapshot.ts";
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
  const renamed = new Set(texts.flatMap(renamedTables));
  const returning = Map.groupBy(schema.functions, returnedName);
  const isPositional = (table: Relation): boolean => {
    const name = plainName(`${table.schema}.${table.name}`);
    const ofRows = (returning.get(name) ?? []).filter(({ uses }) => uses.some(one => isSameName(one, table)));
    return (
      renamed.has(table.name) ||
      ofRows.some(hasSqlBody) ||
      texts.some(text => ofRows.some(one => calls(text, one)))
    );
  };
  return new Set(
    schema.relations
      .filter(({ kind, isPartition, parents }) => kind === "table" && !isPartition && parents.length === 0)
      .filter(isPositional)
      .map(relationId),
  );
}

function returnedName({ returns }: SqlFunction): string | undefined {
  return returns === null ? undefined : plainName(returns.replace(/^SETOF /, ""));
}

// A type is printed with its quotes.
function plainName(name: string): string {
  return name.replaceAll('"', "");
}

/** Whether PostgreSQL has parsed the body of a function, in which it lists the columns. */
function hasSqlBody({ definition }: SqlFunction): boolean {
  return definition !== null && /\n(?:RETURN |BEGIN ATOMIC\n)/.test(definition);
}

const NAME = '(?:"(?:[^"]|"")*"|[a-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*)';

const RENAMED = new RegExp(`(?:FROM|JOIN|,|\\() *(?:ONLY )?${NAME}\\.(${NAME}) ${NAME}\\(`, "g");

/** The names of the tables that a query has with an alias and names for the columns: `public.album a(x, y)`. */
function renamedTables(text: string): readonly string[] {
  return [...text.matchAll(RENAMED)].map(([, name]) => unquoted(name!));
}
