import type * as v from "valibot";
import { rowLine } from "../../rows/row-lines.ts";
import { NO_VALUE } from "../../validate/run-row.ts";
import { MAX_ISSUES } from "../body/max-issues.ts";
import { WRITABLE_COLUMN } from "../body/write-issues.ts";

/** One entry of `errors`: the place, in the body as a JSON pointer and a line, or in the URL as a parameter; and what is wrong. */
export interface ProblemItem {
  readonly pointer?: string;
  /** The line of a CSV, TSV or NDJSON body on which the row ends. */
  readonly line?: number;
  readonly parameter?: string;
  readonly detail: string;
  readonly code: string;
}

type Issue = v.BaseIssue<unknown>;

/** The entries of the first issues about a body. */
export function issueErrors(issues: readonly Issue[]): readonly ProblemItem[] {
  return issues.slice(0, MAX_ISSUES).map(issue => {
    const path = issue.path ?? [];
    const line = rowLine(path[0]?.value);
    return {
      pointer: pointerOf(path.map(({ key }) => key as string | number)),
      ...(line !== undefined && { line }),
      detail: sentForms(issue.message),
      code: issueCode(issue),
    };
  });
}

/** The entries of the first issues about a URL. */
export function parameterErrors(issues: readonly Issue[]): readonly ProblemItem[] {
  return issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({
    parameter: String(path![0].key),
    detail: sentForms(message),
    code: "invalid",
  }));
}

// A client sends text for values that JavaScript has objects for.
function sentForms(message: string): string {
  return message
    .replace("a Uint8Array or ArrayBuffer", String.raw`bytes as text such as "\x00ff"`)
    .replace("a Date, or a string", "a string");
}

/** A JSON pointer (RFC 6901). */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map(key => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function issueCode({ expected, received }: Issue): string {
  if (received === "nothing") return "required";
  if (expected?.startsWith("a column of ")) return "unknown_column";
  return expected === NO_VALUE || expected === WRITABLE_COLUMN ? "read_only" : "invalid";
}

/** The status of an error and what its response says. */
export interface Answer {
  readonly status: number;
  readonly detail: string;
  readonly code?: string;
  readonly errors?: readonly ProblemItem[];
  /** Seconds. */
  readonly retryAfter?: number;
}
