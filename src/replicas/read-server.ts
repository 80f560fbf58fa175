import type { SqlHandle, SqlValues } from "../driver/handle.ts";
import { describeSettings, inexactSettings, SETTING_VALUES_SQL } from "../schema/exact-settings.ts";
import type { ServerState } from "./choose-server.ts";

/** The answer of a server. */
export interface ServerAnswer extends ServerState {
  readonly role: "primary" | "standby";
  /** Identifies the cluster and the database: a standby has those of its primary. */
  readonly system: string;
  /** The settings of the session that change values, for a message; empty without one. */
  readonly inexact: string;
}

// A standby has no insert position, and the name of a WAL file begins with the timeline in hexadecimal digits. No function
// returns the timeline that a standby replays. What it receives is visible only to roles with pg_read_all_stats; the control
// file has a timeline that is reached certainly, but can be an earlier one until the next restart point.
const READ_SERVER = `SELECT pg_is_in_recovery(), (SELECT system_identifier::text FROM pg_control_system()) || '/' ||
(SELECT oid::text FROM pg_database WHERE datname = current_database()),
CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END::text,
CASE WHEN pg_is_in_recovery() THEN to_hex(GREATEST((SELECT received_tli FROM pg_stat_wal_receiver),
(SELECT min_recovery_end_timeline FROM pg_control_recovery()), (SELECT timeline_id FROM pg_control_checkpoint())))
ELSE left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END, ${SETTING_VALUES_SQL}::text`;

type Answer = [
  isStandby: boolean,
  system: string,
  position: string | null,
  timeline: string | null,
  settings: string,
];

/** Milliseconds for the answer of a server. */
const ANSWER_MS = 5_000;

/** Asks a server for its role and its position. It rejects if the server does not answer, as one that hangs. */
export async function readServer(sql: SqlHandle): Promise<ServerAnswer> {
  const query = sql.unsafe(READ_SERVER);
  const late = Promise.withResolvers<never>();
  const stop = (): void => {
    query.cancel();
    late.reject(new Error("the server does not answer"));
  };
  const timer = setTimeout(stop, ANSWER_MS).unref();
  const rows = await Promise.race([query.values(), late.promise]).finally(() => clearTimeout(timer));
  const [row] = rows as SqlValues;
  const [isStandby, system, text, timeline, settings] = row as Answer;
  const position = text === null ? undefined : parsePosition(text);
  if (position === undefined) throw new Error("the server does not report its position");
  return {
    role: isStandby ? "standby" : "primary",
    system,
    position,
    timeline: timeline === null ? 0 : Number.parseInt(timeline, 16),
    inexact: describeSettings(inexactSettings({ values: JSON.parse(settings) })),
  };
}

/** A position in the write-ahead log as PostgreSQL prints it, such as `0/16B3748`, or undefined for another text. */
export function parsePosition(text: string): bigint | undefined {
  const parts = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text);
  return parts === null ? undefined : (BigInt(`0x${parts[1]}`) << 32n) + BigInt(`0x${parts[2]}`);
}

/** The position in PostgreSQL's text format. */
export function printPosition(position: bigint): string {
  const hex = (part: bigint): string => part.toString(16).toUpperCase();
  return `${hex(position >> 32n)}/${hex(position & 0xffff_ffffn)}`;
}
