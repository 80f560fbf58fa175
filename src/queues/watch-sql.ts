import { quoteIdentifier, quoteLiteral } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type RelationPlan, relationPlan, requireKey } from "../statements/relation-plan.ts";
import { nameFor } from "./channel-name.ts";

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
