import { quoteLiteral } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type RelationPlan, relationPlan, requireKey, selectColumns } from "../statements/relation-plan.ts";
import type { RowStatement } from "../statements/statement.ts";
import { formerRowText, isAlteredByJson, recordSource } from "./former-row.ts";

/**
 * A notification of `watch`, as its trigger sends it: its position in the log, if there is one, the operation, the row's key
 * as JSON and the former row, on separate lines. Only the former row can have line feeds, such as those of a json column.
 */
export interface ChangeNotification {
  readonly type: "insert" | "update" | "delete";
  readonly key: string;
  /** Empty if the row does not fit into a notification; for an insert the place of the row, if there is no log. */
  readonly former: string;
}

/** What a notification says that names no row. */
export type UnnamedChange = "truncate" | "row too large";

/** The position of a payload in the log, undefined without a log, and the rest of it. */
export function placedPayload(payload: string): {
  readonly position: string | undefined;
  readonly rest: string;
} {
  const [whole = "", position] = /^(\d+\.\d+)\n/.exec(payload) ?? [];
  return { position, rest: payload.slice(whole.length) };
}

/** The notification of a payload without a position. */
export function parseNotification(payload: string): ChangeNotification | UnnamedChange {
  const [type, key, ...lines] = payload.split("\n");
  if (key === undefined) return type as UnnamedChange;
  return { type: type as ChangeNotification["type"], key, former: lines.join("\n") };
}

// PostgreSQL manual, NOTIFY: a payload has less than 8,000 bytes. The rest is for the operation.
const MAX_ROW_BYTES = 7_900;

/**
 * The PL/pgSQL that sends the notifications of a table's changes on a channel, and writes them to a log if there is one.
 * A changed key is a delete and an insert.
 */
export function notificationBody(
  schema: AnySchema,
  plan: RelationPlan,
  channel: string,
  log: string | undefined,
): string {
  const notify = (text: string): string => `PERFORM pg_catalog.pg_notify(${quoteLiteral(channel)}, ${text});`;
  const send = (text: string): string =>
    log === undefined
      ? notify(text)
      : `INSERT INTO ${log} (payload) VALUES (${text}) RETURNING id || '.' || xact AS position, payload INTO STRICT logged;
  ${notify("logged.position || E'\\n' || logged.payload")}`;
  // Otherwise the notification would fail the statement that changes the row.
  const change = (type: string, key: string, row: string): string =>
    send(
      `CASE WHEN pg_catalog.octet_length(${key}) > ${MAX_ROW_BYTES} THEN 'row too large' ELSE '${type}' || E'\\n' || ${key} || E'\\n' || ${row} END`,
    );
  const deleted = change("delete", "before", "was");
  // Equal notifications of a transaction are sent once (manual, NOTIFY): the insert of a row that was inserted and deleted
  // before would be lost.
  const inserted = change("insert", "after", log === undefined ? "NEW.ctid::text" : "''");
  // TRUNCATE also fires the triggers of every partition.
  const truncated =
    log === undefined
      ? send("'truncate'")
      : `IF NOT EXISTS (SELECT FROM ${log} WHERE xact = pg_catalog.pg_current_xact_id() AND payload = 'truncate') THEN
    ${send("'truncate'")}
  END IF;`;
  return `
DECLARE before text; after text; was text := '';${log === undefined ? "" : " logged record;"}
BEGIN
  IF TG_OP = 'TRUNCATE' THEN ${truncated} RETURN NULL; END IF;
  IF TG_OP <> 'INSERT' THEN
    ${assignText("OLD", { before: row => keyJson(schema, plan, row), was: (...of) => formerRowText(schema, plan, ...of) })}
    IF pg_catalog.octet_length(was) + pg_catalog.octet_length(before) > ${MAX_ROW_BYTES} THEN was := ''; END IF;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    ${assignText("NEW", { after: row => keyJson(schema, plan, row) })}
  END IF;
  IF TG_OP = 'INSERT' THEN ${inserted}
  ELSIF TG_OP = 'DELETE' THEN ${deleted}
  ELSIF before = after THEN ${change("update", "after", "was")}
  ELSE
    ${deleted}
    ${inserted}
  END IF;
  RETURN NULL;
END`;
}

/** The PL/pgSQL expression of a text of a row, by its SQL and that of its table's oid. */
type RowText = (row: string, table: string) => string;

/**
 * Assigns texts of OLD or NEW to variables. A session keeps the plan of an expression, which fails after the type of a column was
 * changed: EXECUTE plans it again.
 */
function assignText(row: "OLD" | "NEW", texts: Readonly<Record<string, RowText>>): string {
  const names = Object.keys(texts);
  const again = Object.values(texts).map(text => text("$1", "$2"));
  return `BEGIN
      ${names.map(name => `${name} := ${texts[name]!(row, "TG_RELID")};`).join("\n      ")}
    EXCEPTION WHEN datatype_mismatch THEN
      EXECUTE ${quoteLiteral(`SELECT ${again.join(", ")}`)} INTO ${names.join(", ")} USING ${row}, TG_RELID;
    END;`;
}

function keyJson(schema: AnySchema, plan: RelationPlan, row: string): string {
  const parts = requireKey(plan).map(({ column, quoted }) => {
    const cast = isAlteredByJson(schema, column.typeKey) ? "::text" : "";
    return `${quoteLiteral(column.name)}, ${row}.${quoted}${cast}`;
  });
  return `pg_catalog.json_build_object(${parts.join(", ")})::text`;
}

/** Reads the key of a notification with every digit. */
export function notifiedKeySql(schema: AnySchema, table: string, json: string): RowStatement {
  const plan = relationPlan(schema, table);
  const key = requireKey(plan);
  const names = key.map(({ column }) => column.name);
  const { text, output } = selectColumns(plan, names);
  return { text: `SELECT ${text} FROM ${recordSource(plan, key)}`, params: [json], output };
}
