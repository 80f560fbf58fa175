import { type Connection, count, QueryError, type Relation } from "../../index.ts";
import { withDatabase } from "../open-database.ts";
import { formatOption, showRows } from "../output/show-rows.ts";
import { plainColumns } from "../output/shown-column.ts";
import { examples, PARTITIONS_HELP, type Program, repeatable, SCHEMA_HELP } from "../subcommand.ts";
import { surroundings } from "../surroundings.ts";

/** `rowfn tables`: lists the tables and views. */
export function tables(program: Program): void {
  program
    .command("tables")
    .description("list the tables and views")
    .option("--counts", "number of rows of each table and view")
    .option("--partitions", PARTITIONS_HELP)
    .option("--schema <name>", SCHEMA_HELP, repeatable)
    .addOption(formatOption())
    .addHelpText(
      "after",
      examples("rowfn tables", "rowfn tables --schema public --counts", "rowfn tables --format json"),
    )
    .action(({ counts, partitions, schema: schemas, format }, command) =>
      withDatabase(
        command.optsWithGlobals(),
        async database => {
          const relations = database.schema.relations.filter(({ isPartition }) => partitions || !isPartition);
          const numbers = counts ? await rowCounts(database, relations) : undefined;
          const rows = relations.map(relation => tableRow(relation, numbers));
          const names = COLUMNS.filter(name => name !== "rows" || counts);
          await showRows(rows, plainColumns(names, rows), format);
        },
        schemas && { schemas },
      ),
    );
}

const COLUMNS = ["name", "kind", "columns", "rows", "key", "comment"];
const KINDS = {
  table: "table",
  partitioned: "partitioned table",
  view: "view",
  materializedView: "materialized view",
  foreign: "foreign table",
} as const;

async function rowCounts(
  { sql, schema }: Connection,
  relations: readonly Relation[],
): Promise<ReadonlyMap<Relation, number | null>> {
  const numbers = new Map<Relation, number | null>();
  for (const relation of relations) {
    const number = await count(sql, schema, relation.key).catch(error => {
      if (!(error instanceof QueryError) || LOST.test(error.sqlstate ?? "08")) throw error;
      surroundings().errors.stream.write(`${relation.key} is not counted: ${error.message.split("\n")[0]}\n`);
      return null;
    });
    numbers.set(relation, number);
  }
  return numbers;
}

// With these errors no other table can be counted either. A foreign table whose server cannot be reached fails with 08001.
const LOST = /^(?:08(?!001)|53|57P)/;

function tableRow(
  relation: Relation,
  numbers: ReadonlyMap<Relation, number | null> | undefined,
): Record<string, unknown> {
  const { key, kind, columns, primaryKey, comment } = relation;
  return {
    name: key,
    kind: KINDS[kind],
    columns: columns.length,
    ...(numbers && { rows: numbers.get(relation) }),
    key: primaryKey?.columns.join(", ") ?? null,
    comment,
  };
}
