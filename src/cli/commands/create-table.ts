import { type CreateTableSqlOptions, createTable, createTableSql } from "../../ddl/index.ts";
import type { SchemaSnapshot } from "../../index.ts";
import {
  CASCADE_HELP,
  changeTable,
  DEFAULT_HELP,
  DRY_RUN_HELP,
  defaultColumns,
  defaultsOf,
  pairsOf,
} from "../change-table.ts";
import { columnList } from "../column-options.ts";
import { UsageError } from "../failure.ts";
import { examples, type Program, repeatable } from "../subcommand.ts";

/** `rowfn create-table`: creates a table, or with `--transform` changes it. */
export function createTableCommand(program: Program): void {
  program
    .command("create-table")
    .description("create a table, or with --transform change it until it is as requested")
    .argument("<table>", "name of the new table")
    .argument("<columns...>", "columns such as id=bigint or 'title=text not null'")
    .option("--key <columns>", "comma-separated primary key (default: id)")
    .option("--no-key", "table without a primary key")
    .option("--unique <columns>", "comma-separated columns of a unique constraint (repeatable)", repeatable)
    .option("--index <columns>", "comma-separated columns of an index (repeatable)", repeatable)
    .option("--references <column=table>", "foreign key (repeatable)", repeatable)
    .option("--default <column=value>", DEFAULT_HELP, repeatable)
    .option("--if-not-exists", "no change if the table exists and is as requested")
    .option("--replace", "a new table in place of an existing one, whose rows are lost")
    .option("--transform", "change of an existing table")
    .option("--allow-loss", "with --transform: also changes that lose values")
    .option("--cascade", CASCADE_HELP)
    .option("--dry-run", DRY_RUN_HELP)
    .addHelpText(
      "after",
      examples(
        "rowfn create-table review 'title=text not null' stars=int album_id=int --references album_id=album --default stars=3",
        "rowfn create-table tag name=text --key name --if-not-exists",
        "rowfn create-table tag name=text 'added=timestamptz' --key name --transform",
      ),
    )
    .action((table, texts, options, command) => {
      const { dryRun, transform, allowLoss } = options;
      const columns = pairsOf("columns", texts);
      requireChoices(options);
      return changeTable(command.optsWithGlobals(), dryRun, {
        statements: schema =>
          createTableSql(schema, table, columns, tableOptions(schema, table, columns, options)),
        run: ({ sql, schema }, sent) =>
          createTable(sql, schema, table, columns, {
            ...tableOptions(schema, table, columns, options),
            ...(transform && { transform: true }),
            ...(allowLoss && { allowLoss: true }),
            ...sent,
          }),
        done: `table ${table} is as requested`,
      });
    });
}

/** Throws UsageError for options that contradict each other, or belong to an option that is not given. */
function requireChoices(options: TableChoices): void {
  const { dryRun, ifNotExists, replace, transform, allowLoss, cascade, references = [] } = options;
  if (dryRun && transform)
    throw new UsageError(
      "--dry-run and --transform cannot be combined; only the database can compare a table",
    );
  const choices = Object.entries({
    "--if-not-exists": ifNotExists,
    "--replace": replace,
    "--transform": transform,
  }).flatMap(([flag, isGiven]) => (isGiven ? [flag] : []));
  if (choices.length > 1) throw new UsageError(`${choices.join(" and ")} cannot be combined; choose one`);
  if (allowLoss && !transform) throw new UsageError("--allow-loss belongs to --transform; add it");
  if (cascade && !replace && !transform)
    throw new UsageError("--cascade belongs to --replace or --transform; add one");
  pairsOf("--references", references);
  defaultColumns(options.default ?? []);
}

interface TableChoices {
  readonly key?: string | false;
  readonly unique?: readonly string[];
  readonly index?: readonly string[];
  readonly references?: readonly string[];
  readonly default?: readonly string[];
  readonly ifNotExists?: true;
  readonly replace?: true;
  readonly cascade?: true;
  readonly transform?: true;
  readonly allowLoss?: true;
  readonly dryRun?: true;
}

function tableOptions(
  schema: SchemaSnapshot,
  table: string,
  columns: Readonly<Record<string, string>>,
  { key, unique = [], index = [], references = [], default: defaults = [], ...existing }: TableChoices,
): CreateTableSqlOptions {
  const { ifNotExists, replace, cascade } = existing;
  return {
    ...(key !== undefined && { primaryKey: key === false ? null : columnList(key) }),
    unique: unique.map(columnList),
    indexes: index.map(columnList),
    foreignKeys: pairsOf("--references", references),
    defaults: defaultsOf(schema, table, defaults, name => columns[name] ?? "text"),
    ...(ifNotExists && { ifNotExists }),
    ...(replace && { replace }),
    ...(cascade && { cascade }),
  };
}
