import { type FailureFacts, failureFacts } from "./failure-facts.ts";
import { countQuotes, quotedNames, withoutQuotes } from "./quoted-text.ts";

/** The texts of an error of PostgreSQL. */
export interface ErrorTexts {
  readonly message: string;
  readonly detail: string;
  readonly where: string;
}

const reportedByError = new WeakMap<object, ErrorTexts>();

/** The texts as PostgreSQL reported them, which the caller may not see. */
export function reportedTexts(error: object): ErrorTexts {
  const { message = "", detail = "", where = "" } = error as Partial<ErrorTexts>;
  return reportedByError.get(error) ?? { message, detail, where };
}

/** Whether an error is one of PostgreSQL that still has all its texts. */
export function canHide(error: unknown): error is Error {
  return error instanceof Error && "errno" in error && !reportedByError.has(error);
}

/**
 * Removes what can be the value of a row outside the scope from an error of the driver. PostgreSQL may evaluate raw SQL for
 * such a row before it evaluates the scope's condition, and the functions of triggers read and write any row.
 */
export function hideValue(error: unknown, facts: FailureFacts, text: string): void {
  if (!canHide(error) || facts.sqlstate === undefined || quotesMark(error.message, text)) return;
  reportedByError.set(error, reportedTexts(error));
  const message = shownMessage(error.message, facts, text);
  error.stack = (error.stack ?? "").replace(error.message, () => message);
  error.message = message;
  const shown = {
    ...(!isAuthored(facts) && !isOfStatement(facts) && { detail: "", hint: shownHint(facts) }),
    ...{ where: outermostFunction(error), internalQuery: "", internalPosition: "" },
  };
  for (const [field, value] of Object.entries(shown)) if (field in error) Reflect.set(error, field, value);
}

/** A copy of an error of PostgreSQL without what can be the value of a row; any other error as it is. */
export function withoutValues(error: unknown, text: string): unknown {
  if (!(error instanceof Bun.SQL.PostgresError) || typeof error.errno !== "string") return error;
  const copy = new Bun.SQL.PostgresError(error.message, { ...error } as never);
  hideValue(copy, failureFacts(error), text);
  return copy;
}

/** rowfn's own mark, of which the statement has the text as a literal. */
function quotesMark(message: string, text: string): boolean {
  const place = /["»«]\s?rowfn scope(?: \d+)?(: .*?)\s?["»«]$/s.exec(message)?.[1];
  return (
    place !== undefined && text.includes("'rowfn scope") && text.includes(`${place.replaceAll("'", "''")}'`)
  );
}

// The author of a function wrote these messages.
function isAuthored({ routine }: FailureFacts): boolean {
  return routine === "exec_stmt_raise" || routine === "exec_stmt_assert";
}

// Their texts have only names that the statement has, or none.
const OF_STATEMENT = /^(?:08|21|25|26|40|53|55|57|42501|428C9|42P05|42P10)/;
const OF_SERVER = /^(?:25|40|53|57|55P03|42501)/;

// A position in the statement means that its own text is wrong.
function isOfStatement({ sqlstate = "", isInside, position }: FailureFacts): boolean {
  if (isInside) return OF_SERVER.test(sqlstate);
  return OF_STATEMENT.test(sqlstate) || (position !== undefined && !sqlstate.startsWith("22"));
}

function shownMessage(message: string, facts: FailureFacts, text: string): string {
  const { sqlstate = "", isInside } = facts;
  // The message of a violated constraint has no values.
  if (isAuthored(facts) || isOfStatement(facts) || sqlstate.startsWith("23")) return message;
  const isData = sqlstate.startsWith("22");
  const [name, ...others] = quotedNames(message);
  const isKnown = others.length === 0 && countQuotes(message, []) === 1 && text.includes(`"${name}"`);
  if (isKnown && !isInside && !isData) return message;
  const rest = withoutNumbers(withoutQuotes(message));
  if (isData || /^[\p{L}\s,'…-]*$/u.test(rest)) return rest;
  return isInside ? "a statement inside a function failed" : "the statement failed";
}

// `date field value out of range: 2023-02-30` and `byte sequence 0xe2 0x98`, but not `type character varying(3)`.
function withoutNumbers(message: string): string {
  return message
    .replace(/:\s*\S*\d.*$/s, "")
    .replaceAll(
      /(\btype [\p{L} ]+\(\d+(?:,-?\d+)?\))|\b(?:0x[\da-f]{2}(?: 0x[\da-f]{2})*|\d[\d.]*)\b/giu,
      (_, type?: string) => type ?? "…",
    );
}

function shownHint({ isInside, hint = "" }: FailureFacts): string {
  return isInside || countQuotes(hint, []) > 0 ? "" : hint;
}

// The last line is the outermost one; lines before it can quote a statement with values.
function outermostFunction(error: Error): string {
  const { where } = reportedTexts(error);
  return /(?:^|\n)(PL\/pgSQL function [^\s"]+\([^"\n]*\) line \d+ at [\w ]+)$/.exec(where)?.[1] ?? "";
}
