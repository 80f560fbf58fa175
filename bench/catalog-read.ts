// The snapshot against a catalog read by hand of the same facts, and against one query a table.
import type { SQL } from "bun";
import { loadSchema } from "rowfn";
import { makeTables } from "./many-tables.ts";
import { median, ratio } from "./measure.ts";

const OWN = "relnamespace not in (select oid from pg_namespace where nspname ~ '^pg_|^information_schema$')";

const FACTS = [
  `select c.oid, n.nspname, c.relname, c.relkind, c.reltuples, obj_description(c.oid, 'pg_class') as comment
   from pg_class c join pg_namespace n on n.oid = relnamespace where relkind in ('r', 'v', 'm', 'p', 'f') and ${OWN}`,
  `select a.attrelid, a.attname, a.attnum, a.atttypid, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull, a.attidentity,
     a.attgenerated, pg_get_expr(d.adbin, d.adrelid) as default_value, t.description,
     has_column_privilege(a.attrelid, a.attnum, 'select') as can_select, has_column_privilege(a.attrelid, a.attnum, 'insert') as can_insert,
     has_column_privilege(a.attrelid, a.attnum, 'update') as can_update
   from pg_attribute a join pg_class c on c.oid = attrelid left join pg_attrdef d on d.adrelid = attrelid and d.adnum = attnum
     left join pg_description t on t.objoid = attrelid and t.objsubid = attnum and t.classoid = 'pg_class'::regclass
   where attnum > 0 and not attisdropped and relkind in ('r', 'v', 'm', 'p', 'f') and ${OWN} order by attrelid, attnum`,
  `select conrelid, conname, contype, conkey, confrelid, confkey, confupdtype, confdeltype, condeferrable, pg_get_constraintdef(o.oid) as definition
   from pg_constraint o join pg_class c on c.oid = conrelid where ${OWN}`,
  `select indrelid, indexrelid, indkey, indisunique, pg_get_indexdef(indexrelid) as definition, pg_get_expr(indpred, indrelid) as predicate
   from pg_index join pg_class c on c.oid = indrelid where ${OWN}`,
  `select t.oid, t.typname, t.typtype, t.typbasetype, e.enumlabel from pg_type t left join pg_enum e on e.enumtypid = t.oid
   where t.typnamespace <> 'pg_toast'::regnamespace and t.typtype in ('e', 'd', 'r', 'b') order by t.oid, e.enumsortorder`,
];

type Row = Record<string, unknown>;

/** Flat queries on one view of the catalog, grouped by table here. */
async function byHand(sql: SQL): Promise<unknown> {
  const [tables, columns, constraints, indexes, types] = (await sql.begin(
    "isolation level repeatable read read only",
    tx => FACTS.map(text => tx.unsafe(text)),
  )) as unknown as Row[][];
  const grouped = (rows: Row[], key: string): Map<unknown, Row[]> => Map.groupBy(rows, row => row[key]);
  const [columnsOf, constraintsOf, indexesOf] = [
    grouped(columns!, "attrelid"),
    grouped(constraints!, "conrelid"),
    grouped(indexes!, "indrelid"),
  ];
  return {
    types,
    tables: tables!.map(table => ({
      ...table,
      columns: columnsOf.get(table["oid"]),
      constraints: constraintsOf.get(table["oid"]),
      indexes: indexesOf.get(table["oid"]),
    })),
  };
}

/** Columns and constraints of each table, as a loop over tables reads them. */
async function aTableAtATime(sql: SQL): Promise<void> {
  const tables = (await sql.unsafe("select tablename from pg_tables where schemaname = 'public'")) as Row[];
  for (const { tablename } of tables) {
    await sql.unsafe(
      "select column_name, data_type, is_nullable, column_default from information_schema.columns where table_name = $1",
      [tablename],
    );
    await sql.unsafe(
      "select constraint_name, constraint_type from information_schema.table_constraints where table_name = $1",
      [tablename],
    );
  }
}

export interface SnapshotRow {
  readonly tables: number;
  readonly rounds: number;
  readonly byHand: number;
  readonly rowfn: number;
  readonly ratio: number;
  /** Milliseconds of one round, of 300 tables: more take too long. */
  readonly aTableAtATime: number | undefined;
}

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  Bun.gc(true);
  const start = Bun.nanoseconds();
  await run();
  return (Bun.nanoseconds() - start) / 1e6;
}

export async function measureSnapshot(sql: SQL, tables: number, rounds: number): Promise<SnapshotRow> {
  await makeTables(sql, tables);
  await sql.unsafe("analyze");
  const ways = [() => byHand(sql), () => loadSchema(sql)];
  const times: [number[], number[]] = [[], []];
  for (let round = -1; round < rounds; round++) {
    for (const way of round % 2 ? [0, 1] : [1, 0]) {
      const time = await milliseconds(ways[way]!);
      if (round >= 0) times[way]!.push(time);
    }
  }
  return {
    tables,
    rounds,
    byHand: median(times[0]),
    rowfn: median(times[1]),
    ratio: ratio(times[1], times[0]),
    aTableAtATime: tables > 300 ? undefined : await milliseconds(() => aTableAtATime(sql)),
  };
}
