import type { Column, Relation } from "../../index.ts";
import { relationOf } from "../../schema/relation-of.ts";
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
        const rows = relation.columns.map(column => columnRow(relation, column));
        const names = ["name", "type", "nullable", "default", "key", "references", "comment"];
        return showRows(rows, plainColumns(names, rows), format);
      }),
    );
}

function columnRow(relation: Relation, column: Column): Record<string, unknown> {
  return {
    name: column.name,
    type: column.type,
    nullable: !column.notNull,
    default: defaultText(column),
    key: keyText(relation, column.name),
    references: referenceText(relation, column.name),
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

function referenceText({ foreignKeys }: Relation, name: string): string | null {
  const targets = foreignKeys
    .filter(({ columns }) => columns.includes(name))
    .map(({ columns, references }) => `${references.name}.${references.columns[columns.indexOf(name)]}`);
  return targets.length === 0 ? null : targets.join(", ");
}
