import type { ListeningHandle } from "../driver/handle.ts";
import { sendForValues } from "../driver/send.ts";
import { ArgumentError } from "../errors.ts";
import { partitionsOf } from "../schema/partitions.ts";
import { quoteIdentifier, quoteLiteral, quoteName } from "../schema/quote.ts";
import { fullName } from "../schema/relation-name.ts";
import type { AnySchema, Relation, RelationName } from "../schema/snapshot.ts";
import type { RelationPlan } from "../statements/relation-plan.ts";

const FOR_STATEMENT = "FOR EACH STATEMENT";

/** A trigger function that notifies a channel of its own name, and the triggers of a table that call it. */
export interface NotifyTrigger {
  /** `rowfn_jobs`: the function is `rowfn_jobs public.job` in the table's schema. */
  readonly name: string;
  /** The function's PL/pgSQL. */
  readonly body: string;
  /** Settings of the function, independent of the session that changes a row: ` SET extra_float_digits = 1`. */
  readonly settings?: string;
  /** The trigger's name, before the table's → when it fires: `AFTER INSERT` and `FOR EACH ROW`. */
  readonly triggers: Readonly<
    Record<string, readonly [event: string, level: "FOR EACH ROW" | typeof FOR_STATEMENT]>
  >;
}

/** Throws ArgumentError for a view: PostgreSQL has no triggers that report the changes of its rows. */
export function requireTable({ relation: { kind, key } }: Pick<RelationPlan, "relation">): void {
  if (kind === "view" || kind === "materializedView")
    throw new ArgumentError(
      `${key} is a view, of which PostgreSQL reports no changes; pass the tables of its query`,
    );
}

/** The DDL of the function and its triggers, which can be run again. Throws ArgumentError for a view. */
export function notifyTriggerSql(
  schema: AnySchema,
  plan: RelationPlan,
  { name, body, triggers, settings = "" }: NotifyTrigger,
): readonly string[] {
  requireTable(plan);
  const owner = functionName(plan, name);
  // PostgreSQL manual, CREATE TRIGGER: only row-level triggers are copied to partitions.
  const partitions = partitionsOf(schema, plan.relation);
  return [
    `CREATE OR REPLACE FUNCTION ${owner}() RETURNS trigger LANGUAGE plpgsql${settings} AS ${quoteLiteral(body)}`,
    ...Object.entries(triggers).flatMap(([trigger, [event, level]]) =>
      [plan.relation, ...(level === FOR_STATEMENT ? partitions : [])]
        .filter(relation => canHaveTrigger(schema, relation, event))
        .map(relation => (relation === plan.relation ? plan.name : quoteName(relation)))
        .flatMap(table => [
          `CREATE OR REPLACE TRIGGER ${triggerName(plan, trigger)} ${event} ON ${table} ${level} EXECUTE FUNCTION ${owner}()`,
          // Otherwise changes by logical replication would not fire a trigger of rows; they never fire one of statements.
          `ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${triggerName(plan, trigger)}`,
        ]),
    ),
  ];
}

// Foreign tables have triggers for TRUNCATE since PostgreSQL 16.
function canHaveTrigger({ serverVersionNum }: AnySchema, { kind }: Relation, event: string): boolean {
  return kind !== "foreign" || serverVersionNum >= 160_000 || !event.includes("TRUNCATE");
}

/** The DDL that drops the function and every trigger that calls it, also on a partition that has been detached. */
export function dropNotifyTriggerSql(plan: RelationPlan, name: string): string {
  return `DROP FUNCTION IF EXISTS ${functionName(plan, name)}() CASCADE`;
}

/** Whether a trigger of a table exists and is enabled. */
export async function hasNotifyTrigger(
  sql: ListeningHandle,
  { name: table, relation }: RelationPlan,
  trigger: string,
): Promise<boolean> {
  const text =
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = $1::text::regclass AND tgname = $2::text AND tgenabled <> 'D')";
  const [row] = await sendForValues(sql, text, [table, channelName(trigger, relation)]);
  return row?.[0] === true;
}

// PostgreSQL manual, Identifiers: longer names are truncated.
const MAX_NAME_BYTES = 63;

/** The channel of a table: `rowfn_jobs public.job`, or with a hash if that is longer than an identifier. */
export function channelName(purpose: string, relation: RelationName): string {
  const full = `${purpose} ${fullName(relation)}`;
  if (Buffer.byteLength(full) <= MAX_NAME_BYTES) return full;
  const hash = new Bun.CryptoHasher("sha256").update(full).digest("hex").slice(0, 32);
  return `${purpose} ${hash}`;
}

function functionName({ relation }: RelationPlan, purpose: string): string {
  return `${quoteIdentifier(relation.schema)}.${quoteIdentifier(channelName(purpose, relation))}`;
}

function triggerName({ relation }: RelationPlan, purpose: string): string {
  return quoteIdentifier(channelName(purpose, relation));
}
