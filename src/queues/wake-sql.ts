import { quoteIdentifier, quoteLiteral } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { nameFor } from "./channel-name.ts";

/**
 * The trigger that wakes the workers of `work` when jobs are inserted: one notification a statement, none without it
 * but the poll.
 * @param schema a snapshot
 * @param table the table of jobs
 * @returns the DDL, which can be run again
 * @throws UnknownNameError for an unknown table
 * @example `for (const text of wakeSql(schema, "invoice")) await sql.unsafe(text);`
 */
export function wakeSql(schema: AnySchema, table: string): readonly string[] {
  const { relation, name } = relationPlan(schema, table);
  const own = wakeFunction(schema, table);
  const body = `BEGIN PERFORM pg_catalog.pg_notify(${quoteLiteral(wakeChannel(schema, table))}, ''); RETURN NULL; END`;
  return [
    `CREATE OR REPLACE FUNCTION ${own}() RETURNS trigger LANGUAGE plpgsql AS ${quoteLiteral(body)}`,
    `CREATE OR REPLACE TRIGGER ${quoteIdentifier(nameFor("rowfn_jobs", relation))} AFTER INSERT ON ${name} FOR EACH STATEMENT EXECUTE FUNCTION ${own}()`,
  ];
}

/**
 * Takes away what `wakeSql` made.
 * @param schema a snapshot
 * @param table the table of jobs
 * @returns the DDL
 * @throws UnknownNameError for an unknown table
 */
export function unwakeSql(schema: AnySchema, table: string): readonly string[] {
  const { relation, name } = relationPlan(schema, table);
  return [
    `DROP TRIGGER IF EXISTS ${quoteIdentifier(nameFor("rowfn_jobs", relation))} ON ${name}`,
    `DROP FUNCTION IF EXISTS ${wakeFunction(schema, table)}()`,
  ];
}

/** The channel on which the workers of a table are woken. */
export function wakeChannel(schema: AnySchema, table: string): string {
  return nameFor("rowfn_jobs", relationPlan(schema, table).relation);
}

function wakeFunction(schema: AnySchema, table: string): string {
  const { relation } = relationPlan(schema, table);
  return `${quoteIdentifier(relation.schema)}.${quoteIdentifier(nameFor("rowfn_jobs", relation))}`;
}
