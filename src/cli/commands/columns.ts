import type { Column, ForeignKey, Relation, SchemaSnapshot } from "../../index.ts";
import { dottedName } from "../../schema/relation-name.ts";
import { relationNamed, relationOf } from "../../schema/relation-of.ts";
import { withDatabase } from "../open-database.ts";
import { formatOption, showRows } from "../output/show-rows.ts";
import { plainColumns } from "../output/shown-column.ts";
import { examples, type Program, TABLE_HELP } from "../subcommand.ts";

/** `rowfn columns`: lists the columns of a table or view. */
export function columns(program: Program): void {
  program
    .command("columns")
    .description("list the columns of a table or view")
    .argument("<table>", TABLE_HELP)
    .addOption(formatOption())
    .addHelpText("after", examples("rowfn columns track", "rowfn columns audit.event --format markdown"))
    .action((table, { format }, command) =>
      withDatabase(command.optsWithGlobals(), ({ schema }) => {
        const relation = relationOf(schema, table);
        const rows = relation.columns.map(column => columnRow(schema, relation, column));
        const names = ["name", "type", "nullable", "default", "key", "references", "comment"];
        return showRows(rows, plainColumns(names, rows), format);
      }),
    );
}

function columnRow(schema: SchemaSnapshot, relation: Relation, column: Column): Record<string, unknown> {
  return {
    name: column.name,
    type: column.type,
    nullable: !column.notNull,
    default: defaultText(column),
    key: keyText(relation, column.name),
    references: referenceText(schema, relation, column.name),
    comment: column.comment,
  };
}

function defaultText({ identity, generated, generationExpression, default: value }: Column): string | null {
  if (identity !== null) return identity === "always" ? "identity, always" : "identity";
  return generated === null ? value : `generated ${generated}: ${generationExpression}`;
}

function keyText({ primaryKey, uniqueKeys }: Relation, name: string): string | null {
  if (primaryKey?.columns.includes(name)) return "primary";
  return uniqueKeys.some(({ columns }) => columns.includes(name)) ? "unique" : null;
}

function referenceText(schema: SchemaSnapshot, { foreignKeys }: Relation, name: string): string | null {
  const targets = foreignKeys
    .filter(({ columns }) => columns.includes(name))
    .map(
      ({ columns, references }) =>
        `${tableName(schema, references)}.${references.columns[columns.indexOf(name)]}`,
    );
  return targets.length === 0 ? null : targets.join(", ");
}

// The name that the functions accept. A table of a schema that was not read has none.
function tableName(schema: SchemaSnapshot, table: ForeignKey["references"]): string {
  return relationNamed(schema, table)?.key ?? dottedName(table);
}
