import type { SqlHandle } from "../driver/handle.ts";
import { parameterColumns } from "../statements/statement.ts";

/** What one statement did. */
export interface QueryEvent {
  readonly text: string;
  /** With `[redacted]` where it was asked for. */
  readonly params: readonly unknown[];
  /** Milliseconds since 1970 when it was sent. */
  readonly startedAt: number;
  /** Milliseconds until the answer was there. */
  readonly duration: number;
  /** Rows returned or touched; undefined after an error. */
  readonly rows: number | undefined;
  /** What it failed with; undefined when it went well. */
  readonly error: unknown;
  /** OpenTelemetry's names (semantic conventions for database spans): `db.query.text`, `server.address` ... */
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Which parameters are hidden: all of them, or those of some columns and of raw SQL, whose columns nobody knows. */
export type Redact = true | readonly string[];

const HIDDEN = "[redacted]";

/** The parameters without those that are to be hidden. */
export function shownParams(params: readonly unknown[], redact: Redact | undefined): readonly unknown[] {
  if (redact === undefined) return params;
  if (redact === true) return params.map(() => HIDDEN);
  const columns = parameterColumns(params);
  return params.map((value, index) => {
    const column = columns[index];
    return column === undefined || redact.includes(column) ? HIDDEN : value;
  });
}

/** What was sent where. */
export interface Sent {
  readonly text: string;
  readonly params: readonly unknown[];
}

interface Outcome {
  readonly startedAt: number;
  readonly duration: number;
  readonly rows?: number | undefined;
  readonly error?: unknown;
}

export function queryEvent(sql: SqlHandle, { text, params }: Sent, outcome: Outcome): QueryEvent {
  const { startedAt, duration, rows, error } = outcome;
  return { text, params, startedAt, duration, rows, error, attributes: attributesOf(sql, text, rows, error) };
}

function attributesOf(
  { options }: SqlHandle,
  text: string,
  rows: number | undefined,
  error: unknown,
): Record<string, string | number> {
  const { hostname, port, database, path } = options;
  const state = (error as { readonly errno?: unknown } | undefined)?.errno;
  return {
    "db.system.name": "postgresql",
    "db.query.text": text,
    "db.operation.name": /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? "",
    ...(database && { "db.namespace": database }),
    ...((path ?? hostname) && { "server.address": String(path ?? hostname) }),
    ...(port && { "server.port": Number(port) }),
    ...(rows !== undefined && { "db.response.returned_rows": rows }),
    ...(typeof state === "string" && { "db.response.status_code": state }),
    ...(error !== undefined && { "error.type": typeof state === "string" ? state : errorName(error) }),
  };
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
