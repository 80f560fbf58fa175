import { type OptionNames, requireOptions } from "../../schema/arguments.ts";
import { requireHeaders } from "../request.ts";
import { withHeaders } from "../with-headers.ts";
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
  if (isAbort(error)) return new Response(null, { status: 499 });
  const answer = problemAnswer(error) ?? SILENT;
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
  return {
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    detail,
    // JSON leaves out what is undefined.
    code,
    errors,
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** The reason phrases of RFC 9110 and RFC 6585. */
export const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  428: "Precondition Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
