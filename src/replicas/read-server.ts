import type { SqlHandle, SqlValues } from "../driver/handle.ts";
import type { ServerState } from "./choose-server.ts";

/** The answer of a server. */
export interface ServerAnswer extends ServerState {
  readonly role: "primary" | "standby";
  /** Identifies the cluster: a standby has that of its primary. */
  readonly system: string;
}

// A standby has no insert position, and the name of a WAL file begins with the timeline in hexadecimal digits.
const READ_SERVER = `SELECT pg_is_in_recovery(), (SELECT system_identifier::text FROM pg_control_system()),
CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END::text,
CASE WHEN pg_is_in_recovery() THEN NULL ELSE left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END`;

/** Asks a server for its role and its position. */
export async function readServer(sql: SqlHandle): Promise<ServerAnswer> {
  const [row] = (await sql.unsafe(READ_SERVER).values()) as SqlValues;
  const [isStandby, system, text, timeline] = row as [boolean, string, string | null, string | null];
  const position = text === null ? undefined : parsePosition(text);
  if (position === undefined) throw new Error("the server does not report its position");
  return {
    role: isStandby ? "standby" : "primary",
    system,
    position,
    timeline: timeline === null ? 0 : Number.parseInt(timeline, 16),
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
