import { type OptionNames, requireOptions } from "../../schema/arguments.ts";
import { MAX_ISSUES } from "../body/max-issues.ts";
import { requireHeaders } from "../request.ts";
import { withHeaders } from "../with-headers.ts";
import type { IsListed } from "./constraint-problem.ts";
import { problemAnswer } from "./problem-answer.ts";
import type { Answer } from "./problem-item.ts";

/** Options of `problem`. */
export interface ProblemOptions {
  /** Called with an error that is answered by 500 or 503; by default `console.error` prints it. */
  readonly onError?: (error: unknown) => void;
  /** More headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

const PROBLEM_OPTIONS: OptionNames<ProblemOptions> = { onError: true, headers: true };

/**
 * The response for an error: problem details (RFC 9457) with a status, and `errors: [{ pointer, detail, code }]` for values
 * that are invalid (`parameter` instead of `pointer` for a URL). It never contains SQL or a value of a stored row. An error
 * that is not rowfn's is 500 without a reason; a request that was aborted is 499 without a body.
 * @param error whatever was thrown
 * @param options `onError` for errors of the server, headers
 * @returns the response
 * @example `problem(new RequestError(428, "If-Match is required", "version_required")).status` → `428`
 */
export function problem(error: unknown, options: ProblemOptions = {}): Response {
  requireOptions("problem", options, PROBLEM_OPTIONS);
  if (options.headers !== undefined) requireHeaders(options.headers);
  return problemResponse(error, options);
}

/** The response of `problem`, which names only the listed columns of a violated constraint. */
export function problemResponse(error: unknown, options: ProblemOptions, isListed?: IsListed): Response {
  if (isAbort(error)) return new Response(null, { status: 499 });
  const answer = problemAnswer(error, isListed) ?? SILENT;
  if (answer.status >= 500) report(error, options.onError);
  const { status, retryAfter } = answer;
  const own = {
    "content-type": "application/problem+json",
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
  };
  const headers = withHeaders(own, options.headers);
  return new Response(JSON.stringify(problemBody(answer)), { status, headers });
}

/** Calls `onError`; without it the error is printed, as `Bun.serve` does, because the response does not contain it. */
export function report(error: unknown, onError: ProblemOptions["onError"]): void {
  if (onError === undefined) console.error(error);
  else onError(error);
}

const SILENT: Answer = { status: 500, detail: "an unexpected error occurred" };

function problemBody({ status, detail, code, errors }: Answer): object {
  const isCut = errors !== undefined && errors.length >= MAX_ISSUES;
  return {
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    detail: isCut ? `${detail}; only the first ${MAX_ISSUES} errors are listed` : detail,
    // JSON leaves out what is undefined.
    code,
    errors,
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** The reason phrases of the registry of HTTP status codes, which are the titles of `about:blank` (RFC 9457, 4.2.1). */
export const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
};
