import { type TableChanges, transformTable, transformTableSql } from "../../ddl/index.ts";
import { columnsInfo, expr, type SchemaSnapshot } from "../../index.ts";
import {
  CASCADE_HELP,
  changeTable,
  DEFAULT_HELP,
  DRY_RUN_HELP,
  defaultColumns,
  defaultsOf,
  pairsOf,
  requireOnce,
} from "../change-table.ts";
import { columnList } from "../column-options.ts";
import { UsageError } from "../failure.ts";
import { examples, type Program, repeatable, TABLE_HELP } from "../subcommand.ts";

/** `rowfn transform`: changes columns and the key of a table. */
export function transform(program: Program): void {
  program
    .command("transform")
    .description("change columns and the key of a table, unless values would be lost")
    .argument("<table>", TABLE_HELP)
    .option("--rename <old=new>", "new name of a column (repeatable)", repeatable)
    .option("--type <column=type>", "new type of a column (repeatable)", repeatable)
    .option(
      "--using <column=expression>",
      "SQL expression of the values of a column with a new type, such as 'day=to_date(day, $$DD.MM.YYYY$$)' (repeatable)",
      repeatable,
    )
    .option("--add <column=type>", "new column (repeatable)", repeatable)
    .option("--drop <column>", "column to drop (repeatable)", repeatable)
    .option("--not-null <column>", "column that rejects NULL (repeatable)", repeatable)
    .option("--nullable <column>", "column that accepts NULL (repeatable)", repeatable)
    .option("--default <column=value>", DEFAULT_HELP, repeatable)
    .option("--drop-default <column>", "column without a default (repeatable)", repeatable)
    .option("--key <columns>", "comma-separated new primary key")
    .option("--no-key", "table without a primary key")
    .option("--allow-loss", "also changes that lose values")
    .option("--cascade", CASCADE_HELP)
    .option("--dry-run", DRY_RUN_HELP)
    .addHelpText(
      "after",
      examples(
        "rowfn transform genre --rename name=title --type genre_id=bigint",
        "rowfn transform customer --drop settings --allow-loss",
        "rowfn transform track --type milliseconds=numeric --using 'milliseconds=milliseconds / 1000.0'",
        "rowfn transform track --not-null composer --default composer=unknown --dry-run",
      ),
    )
    .action((table, options, command) => {
      const { dryRun, allowLoss, cascade, ...given } = options;
      if (Object.keys(given).length === 0)
        throw new UsageError("no change is given; add an option such as --rename old=new");
      requireChanges(given);
      const loss = { ...(allowLoss && { allowLoss: true }), ...(cascade && { cascade: true }) };
      return changeTable(command.optsWithGlobals(), dryRun, {
        statements: schema => transformTableSql(schema, table, changesOf(schema, table, given), loss),
        run: ({ sql, schema }, sent) =>
          transformTable(sql, schema, table, changesOf(schema, table, given), { ...loss, ...sent }),
        done: `table ${table} changed`,
      });
    });
}

interface TransformOptions {
  readonly rename?: readonly string[];
  readonly type?: readonly string[];
  readonly using?: readonly string[];
  readonly add?: readonly string[];
  readonly drop?: readonly string[];
  readonly notNull?: readonly string[];
  readonly nullable?: readonly string[];
  readonly default?: readonly string[];
  readonly dropDefault?: readonly string[];
  readonly key?: string | false;
}

/** Throws UsageError for a change that is not one, or that is given twice. */
function requireChanges(options: TransformOptions): void {
  const { drop = [], notNull = [], nullable = [], dropDefault = [] } = options;
  const types = pairsOf("--type", options.type ?? []);
  const added = pairsOf("--add", options.add ?? []);
  const renamed = pairsOf("--rename", options.rename ?? []);
  const unused = Object.keys(pairsOf("--using", options.using ?? [])).find(
    name => !Object.hasOwn(types, name),
  );
  if (unused !== undefined)
    throw new UsageError(`--using ${unused} belongs to a new type; add --type ${unused}=type`);
  requireOnce("--default or --drop-default", [...defaultColumns(options.default ?? []), ...dropDefault]);
  requireOnce("--not-null or --nullable", [...notNull, ...nullable]);
  requireOnce("--drop", drop);
  requireOnce("--type or --add", [...Object.keys(types), ...Object.keys(added)]);
  requireOnce("--rename or --drop", [...Object.keys(renamed), ...drop]);
}

function changesOf(schema: SchemaSnapshot, table: string, options: TransformOptions): TableChanges {
  const {
    rename = [],
    type = [],
    add = [],
    drop = [],
    notNull = [],
    nullable = [],
    dropDefault = [],
  } = options;
  const retype = pairsOf("--type", type);
  const added = pairsOf("--add", add);
  const info = columnsInfo(schema, table);
  const typeOf = (name: string): string => retype[name] ?? added[name] ?? info[name]?.type ?? "text";
  const given = defaultsOf(schema, table, options.default ?? [], typeOf);
  const defaults = {
    ...given,
    ...Object.fromEntries(dropDefault.map(name => [name, null])),
  };
  const nulls = [
    ...notNull.map(name => [name, true] as const),
    ...nullable.map(name => [name, false] as const),
  ];
  return {
    ...(rename.length > 0 && { rename: pairsOf("--rename", rename) }),
    ...(type.length > 0 && { retype: withConversions(retype, pairsOf("--using", options.using ?? [])) }),
    ...(add.length > 0 && { add: added }),
    ...(drop.length > 0 && { drop }),
    ...(nulls.length > 0 && { notNull: Object.fromEntries(nulls) }),
    ...(Object.keys(defaults).length > 0 && { defaults }),
    ...(options.key !== undefined && { primaryKey: options.key === false ? null : columnList(options.key) }),
  };
}

function withConversions(
  types: Readonly<Record<string, string>>,
  conversions: Readonly<Record<string, string>>,
): NonNullable<TableChanges["retype"]> {
  return Object.fromEntries(
    Object.entries(types).map(([name, type]) => {
      const using = Object.hasOwn(conversions, name) ? conversions[name] : undefined;
      return [name, using === undefined ? type : { type, using: expr(using, []) }];
    }),
  );
}
