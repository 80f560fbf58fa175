import { describeHandle } from "./describe-handle.ts";
import type { SqlHandle } from "./handle.ts";

/** The parts of an error that decide what the reader can do. */
export interface FailureFacts {
  readonly sqlstate: string | undefined;
  /** The driver's code, such as `ERR_POSTGRES_CONNECTION_REFUSED`. */
  readonly code: string | undefined;
  readonly message: string;
  readonly routine: string | undefined;
  /** Whether rowfn wrote the whole statement and PostgreSQL did not run a function when it failed. */
  readonly isOwn: boolean;
}

// The server's refusals of a connection (manual, appendix A), and the driver's codes.
const REFUSALS: Readonly<Record<string, string>> = {
  REFUSED: "no server listens there; start PostgreSQL, or correct the host and the port",
  TIMEOUT: "the server does not answer in time; check the address and the firewall",
  FAILED: "the server closes the connection; check that it is PostgreSQL",
  "28P01": "check the user and the password; PGPASSWORD is used if the URL has no password",
  "28000": "check the user and the rules of pg_hba.conf",
  "3D000": "create the database, or correct its name",
  "53300": "the server has no free connections; use a smaller max, or a pooler",
  "57P03": "the server is starting or stopping; try again",
};

/** The message of a failed or lost connection, with the server and the likely cause; undefined for other failures. */
export function connectionFailure(sql: SqlHandle | undefined, facts: FailureFacts): string | undefined {
  const { sqlstate, code, message } = facts;
  const server = sql === undefined ? "the server" : describeHandle(sql);
  const reason = refusal(facts);
  // The messages of the driver say less than the advice.
  const words = sqlstate === undefined ? "" : `${message}; `;
  if (reason !== undefined) return `cannot connect to ${server}: ${words}${reason}`;
  const isLost = sqlstate === undefined ? code?.endsWith("_CONNECTION_CLOSED") : /^57P0[12]$/.test(sqlstate);
  return isLost ? `the connection to ${server} was lost: ${lowerFirst(message)}` : undefined;
}

function refusal({ sqlstate, code = "", message }: FailureFacts): string | undefined {
  if (code.includes("_TLS_"))
    return "the server has no TLS; use tls: false, or turn on ssl in postgresql.conf";
  if (sqlstate === "28000" && message.endsWith("no encryption"))
    return "the server requires TLS; use tls: true";
  return REFUSALS[sqlstate ?? /_CONNECTION_(\w+)/.exec(code)?.[1] ?? ""];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

// A statement that is prepared twice, one that is not prepared, and one with the parameters of another.
const POOLER: ReadonlySet<string> = new Set(["42P05", "26000", "08P01"]);

// rowfn checks names and types against the snapshot before it sends a statement, so the database has others: an undefined
// table, column, type, operator or conflict target, a column of another type, a type that was dropped.
const STALE: ReadonlySet<string> = new Set(["42P01", "42703", "42704", "42883", "42P10", "42804", "XX000"]);

/** The advice after the message of a failed statement; empty without one. */
export function failureAdvice(sql: SqlHandle | undefined, facts: FailureFacts): string {
  const { sqlstate = "", routine, isOwn } = facts;
  if (POOLER.has(sqlstate) && sql?.options.prepare !== false)
    return "; a transaction pooler shares connections: open the handle with prepare: false";
  if (!isOwn) return "";
  if (sqlstate === "0A000" && routine === "RewriteQuery")
    return "; the table has a rule: use returning: false";
  const isStale = STALE.has(sqlstate) || routine === "RevalidateCachedQuery";
  return isStale ? "; the database no longer matches the snapshot: load it again with loadSchema" : "";
}
