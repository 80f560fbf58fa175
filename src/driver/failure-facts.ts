import { quotedNames, withoutQuotes } from "./quoted-text.ts";

/** The parts of a driver's error that decide what the reader can do. */
export interface FailureFacts {
  readonly sqlstate: string | undefined;
  /** The driver's code, such as `ERR_POSTGRES_CONNECTION_REFUSED`. */
  readonly code: string | undefined;
  readonly message: string;
  readonly routine: string | undefined;
  readonly hint: string | undefined;
  /** PostgreSQL's detail, if it is about definitions; undefined for details that contain values of rows. */
  readonly detail: string | undefined;
  readonly position: number | undefined;
  /** Whether a function of the database failed, such as a trigger. */
  readonly isInside: boolean;
  /** The function and its line, without values. */
  readonly place: string | undefined;
}

// The driver, which does not send the statement, advises a smaller batch of rows.
const TOO_MANY_PARAMETERS: FailureFacts = {
  sqlstate: undefined,
  code: "ERR_POSTGRES_TOO_MANY_PARAMETERS",
  message:
    "a statement can have 65,535 parameters, and this one has more; a list is one parameter in oneOf(list) and = ANY ($1)",
  ...{ routine: undefined, hint: undefined, detail: undefined, position: undefined, place: undefined },
  isInside: false,
};

/** Reads an error of the driver. */
export function failureFacts(error: unknown): FailureFacts {
  const fields = typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
  const field = (name: string): string | undefined =>
    typeof fields[name] === "string" && fields[name] !== "" ? fields[name] : undefined;
  const sqlstate = field("errno");
  if (field("code") === "ERR_POSTGRES_TOO_MANY_PARAMETERS") return TOO_MANY_PARAMETERS;
  const isPlaced = field("position") !== undefined || field("internalPosition") !== undefined;
  return {
    sqlstate,
    code: field("code"),
    message: withoutValue(sqlstate, error instanceof Error ? error.message : String(error), isPlaced),
    routine: field("routine"),
    hint: field("hint"),
    detail: sqlstate?.startsWith("42") ? field("detail") : undefined,
    position: Number(field("position")) || undefined,
    place: /^PL\/pgSQL function \S+\(.*?\) line \d+/m.exec(field("where") ?? "")?.[0],
    isInside: field("where") !== undefined || field("internalQuery") !== undefined,
  };
}

// The message of a data exception quotes the value: `invalid input syntax for type integer: "secret"`. A role is a name. A
// syntax error without a position is one of a value, such as a tsquery.
function withoutValue(sqlstate: string | undefined, message: string, isPlaced: boolean): string {
  if (/^(?:22021|22P05)$/.test(sqlstate ?? "") && quotedNames(message).every(isEncoding)) return message;
  const isOfValue = sqlstate?.startsWith("22") || (sqlstate === "42601" && !isPlaced);
  return isOfValue && !/^role ".*" does not exist$/s.test(message) ? withoutQuotes(message) : message;
}

// `character with byte sequence 0xe2 0x82 0xac in encoding "UTF8" has no equivalent in encoding "LATIN1"`.
function isEncoding(name: string): boolean {
  return /^[A-Z][A-Z\d_]*$/.test(name);
}
