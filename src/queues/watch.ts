import type { ListeningHandle } from "../driver/handle.ts";
import { runRows } from "../rows/run.ts";
import { quoteIdentifier, quoteLiteral } from "../schema/quote.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { FilterOf, RowOf, TableName } from "../schema/tables.ts";
import { countSql } from "../statements/count-sql.ts";
import type { Where } from "../statements/filter.ts";
import { and } from "../statements/operators.ts";
import { type RelationPlan, relationPlan, requireKey } from "../statements/relation-plan.ts";
import { rowsWhereSql } from "../statements/rows-where-sql.ts";
import { scopeOf } from "../statements/scope.ts";
import { formerRowSql, notifiedKeySql } from "./changed-row-sql.ts";
import { nameFor } from "./channel-name.ts";
import { type Gap, type ListenOptions, listening } from "./listening.ts";

/** A notification has fewer than 8,000 bytes (manual, NOTIFY). */
const ROOM = 7_900;

/**
 * The triggers that tell `watch` of a table's changes: a notification for each row, with its key and, when it fits, what
 * it was before; one for a TRUNCATE.
 * @param schema a snapshot
 * @param table the table's name
 * @returns the DDL, which can be run again
 * @throws UnknownNameError for an unknown table; ArgumentError for one without a primary key
 * @example `for (const text of watchSql(schema, "genre")) await sql.unsafe(text);`
 */
export function watchSql(schema: AnySchema, table: string): readonly string[] {
  const plan = relationPlan(schema, table);
  const own = watchFunction(plan);
  const trigger = (suffix: string): string => quoteIdentifier(nameFor(`rowfn_${suffix}`, plan.relation));
  return [
    `CREATE OR REPLACE FUNCTION ${own}() RETURNS trigger LANGUAGE plpgsql AS ${quoteLiteral(functionBody(plan))}`,
    `CREATE OR REPLACE TRIGGER ${trigger("watch")} AFTER INSERT OR UPDATE OR DELETE ON ${plan.name} FOR EACH ROW EXECUTE FUNCTION ${own}()`,
    `CREATE OR REPLACE TRIGGER ${trigger("watch_all")} AFTER TRUNCATE ON ${plan.name} FOR EACH STATEMENT EXECUTE FUNCTION ${own}()`,
  ];
}

/**
 * Takes away what `watchSql` made.
 * @param schema a snapshot
 * @param table the table's name
 * @returns the DDL
 * @throws UnknownNameError for an unknown table
 * @example `for (const text of unwatchSql(schema, "genre")) await sql.unsafe(text);`
 */
export function unwatchSql(schema: AnySchema, table: string): readonly string[] {
  const plan = relationPlan(schema, table);
  const drop = (suffix: string): string =>
    `DROP TRIGGER IF EXISTS ${quoteIdentifier(nameFor(`rowfn_${suffix}`, plan.relation))} ON ${plan.name}`;
  return [drop("watch"), drop("watch_all"), `DROP FUNCTION IF EXISTS ${watchFunction(plan)}()`];
}

/** The channel of a table's changes. */
export function watchChannel(schema: AnySchema, table: string): string {
  return nameFor("rowfn_watch", relationPlan(schema, table).relation);
}

function watchFunction({ relation }: RelationPlan): string {
  return `${quoteIdentifier(relation.schema)}.${quoteIdentifier(nameFor("rowfn_watch", relation))}`;
}

// JSON has no raw line feeds, so lines keep the parts of a notification apart.
function functionBody(plan: RelationPlan): string {
  const key = (row: "OLD" | "NEW"): string => {
    const parts = requireKey(plan).map(
      ({ column, quoted }) => `${quoteLiteral(column.name)}, ${row}.${quoted}`,
    );
    return `pg_catalog.json_build_object(${parts.join(", ")})::text`;
  };
  const send = (text: string): string =>
    `PERFORM pg_catalog.pg_notify(${quoteLiteral(nameFor("rowfn_watch", plan.relation))}, ${text});`;
  const gone = `'delete' || E'\\n' || ${key("OLD")} || E'\\n' || was`;
  return `
DECLARE was text := '';
BEGIN
  IF TG_OP = 'TRUNCATE' THEN ${send("'truncate'")} RETURN NULL; END IF;
  IF TG_OP <> 'INSERT' THEN
    was := pg_catalog.row_to_json(OLD)::text;
    IF pg_catalog.octet_length(was) + pg_catalog.octet_length(${key("OLD")}) > ${ROOM} THEN was := ''; END IF;
  END IF;
  IF TG_OP = 'INSERT' THEN ${send(`'insert' || E'\\n' || ${key("NEW")} || E'\\n'`)}
  ELSIF TG_OP = 'DELETE' THEN ${send(gone)}
  ELSIF ${key("OLD")} = ${key("NEW")} THEN ${send(`'update' || E'\\n' || ${key("NEW")} || E'\\n' || was`)}
  ELSE
    ${send(gone)}
    ${send(`'insert' || E'\\n' || ${key("NEW")} || E'\\n'`)}
  END IF;
  RETURN NULL;
END`;
}

/** A change of a row. */
export type Change<Row> =
  | {
      readonly type: "insert" | "update";
      readonly key: Readonly<Record<string, unknown>>;
      /** As it is when the change is told, which may be later than the change. */
      readonly row: Row;
    }
  | {
      /** Deleted, or changed so that it is outside the scope or the filter. */
      readonly type: "delete";
      readonly key: Readonly<Record<string, unknown>>;
      /** As it was; undefined where it was too large for a notification. */
      readonly row: Row | undefined;
    };

/** Options of `watch`. */
export interface WatchOptions<Row> extends Omit<ListenOptions, "onGap"> {
  /** Only changes of rows that the filter lets through. */
  readonly where?: Where<Row>;
  /** Told when changes may have been missed, the table was emptied by TRUNCATE, or a large row went that may have been one of these. */
  readonly onGap?: (why: Gap | "truncate" | "row too large") => void;
}

type Row = Record<string, unknown>;

/**
 * The changes of a table's rows as they are committed, by the triggers of `watchSql`. Rows outside the scope or the filter
 * are not told; a row that leaves them is told as deleted. What happens while the connection is lost is not told, but
 * `onGap` is: read the rows again then.
 * @param sql a pool; a connection is taken for listening
 * @param schema a snapshot
 * @param table the table's name; it needs a primary key and the triggers
 * @param options which rows, a signal that ends the loop, what to do about gaps
 * @returns an async iterable of changes: `{ type, key, row }`; nothing is sent before it is iterated
 * @throws UnknownNameError and ArgumentError at once; QueryError while it is iterated
 * @example `for await (const { type, row } of watch(sql, schema, "genre")) console.log(type, row);`
 */
export function watch<Tables, Name extends TableName<Tables>>(
  sql: ListeningHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: WatchOptions<FilterOf<Tables, Name>> = {},
): AsyncGenerator<Change<RowOf<Tables, Name>>, void, undefined> {
  const where = options.where as Where | undefined;
  requireKey(relationPlan(schema, table));
  // What the filter's statements would refuse is refused here.
  countSql(schema, table, where === undefined ? {} : { where });
  return changes(sql, schema, table, where, options as WatchOptions<never>) as AsyncGenerator<
    Change<RowOf<Tables, Name>>,
    void,
    undefined
  >;
}

async function* changes(
  sql: ListeningHandle,
  schema: AnySchema,
  table: string,
  where: Where | undefined,
  options: WatchOptions<never>,
): AsyncGenerator<Change<Row>, void, undefined> {
  const seesAll = where === undefined && scopeOf(schema, relationPlan(schema, table)).length === 0;
  for await (const text of listening(sql, watchChannel(schema, table), options)) {
    const [type, keyText, former = ""] = text.split("\n");
    if (keyText === undefined) {
      options.onGap?.("truncate");
      continue;
    }
    const one = (build: () => ReturnType<typeof rowsWhereSql>): Promise<Row | undefined> =>
      runRows(sql, undefined, build, rows => rows[0]);
    const key = (await one(() => notifiedKeySql(schema, table, keyText)))!;
    const now =
      type === "delete"
        ? undefined
        : await one(() =>
            rowsWhereSql(schema, table, { where: where === undefined ? key : and(key, where) }),
          );
    if (now !== undefined) yield { type: type as "insert" | "update", key, row: now };
    else if (type === "insert") continue;
    else if (former !== "") {
      const was = await one(() => formerRowSql(schema, table, former, where));
      if (was !== undefined) yield { type: "delete", key, row: was };
    } else if (seesAll) yield { type: "delete", key, row: undefined };
    else options.onGap?.("row too large");
  }
}
