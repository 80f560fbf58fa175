import type { SqlHandle } from "../driver/handle.ts";
import { hidesColumn } from "../driver/hidden-columns.ts";
import { parameterColumns } from "../driver/statement.ts";
import type { Sent } from "../driver/wrap-handle.ts";
import { ArgumentError } from "../errors.ts";
import { describeValue } from "../types/problem.ts";

/** A statement that was executed through a traced handle. */
export interface QueryEvent {
  readonly text: string;
  /** With `[redacted]` for each hidden parameter. */
  readonly params: readonly unknown[];
  /** The time at which the statement was sent, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Milliseconds until the result arrived. */
  readonly duration: number;
  /** Rows returned or affected; undefined after an error. */
  readonly rows: number | undefined;
  /** The statement's error, with `redact` without the values that PostgreSQL quotes; undefined if it succeeded. */
  readonly error: unknown;
  /** OpenTelemetry's attributes of a database span, such as `db.query.text` and `server.address`. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** The hidden parameters: all, or the values of some columns and of raw SQL, whose columns are unknown. */
export type Redact = true | readonly string[];

const REDACTED = "[redacted]";

/** Throws ArgumentError for names that would hide nothing, such as those of columns without their table. */
export function requireRedact(redact: unknown): void {
  if (redact === undefined || redact === true) return;
  const names: readonly unknown[] = Array.isArray(redact) ? redact : [redact];
  const isWrong = (name: unknown): boolean => typeof name !== "string" || !name.includes(".");
  const wrong = Array.isArray(redact) ? names.findIndex(isWrong) : 0;
  if (wrong === -1) return;
  throw new ArgumentError(
    `redact must be true or an array of names such as "customer.email", received ${describeValue(names[wrong])}`,
  );
}

/** The parameters with `[redacted]` in place of the hidden ones. */
export function redactParams(params: readonly unknown[], redact: Redact | undefined): readonly unknown[] {
  if (redact === undefined) return params;
  if (redact === true) return params.map(() => REDACTED);
  const columns = parameterColumns(params);
  return params.map((value, index) => {
    const column = columns[index];
    return column === undefined || hidesColumn(redact, column) ? REDACTED : value;
  });
}

interface Outcome {
  readonly startedAt: number;
  readonly duration: number;
  readonly rows?: number | undefined;
  readonly error?: unknown;
}

/** The event of a statement and its outcome. */
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
