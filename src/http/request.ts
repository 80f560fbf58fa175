import { ArgumentError } from "../errors.ts";
import { describeValue } from "../types/problem.ts";

/** The path and the query of a URL, as they are written. */
export interface UrlParts {
  readonly pathname: string;
  /** With the question mark; empty without a query. */
  readonly search: string;
}

/** The first index at which the path of an HTTP URL can begin. */
const PATH = "http://h".length;

/** The parts of a request's URL, which is valid, and absolute unless an HTTP/1.0 client sends no host. It need not be parsed. */
export function requestParts({ url }: Request): UrlParts {
  const start = url.startsWith("/") ? 0 : url.indexOf("/", PATH);
  const fragment = url.indexOf("#", start);
  const end = fragment === -1 ? url.length : fragment;
  const query = url.indexOf("?", start);
  return query === -1 || query > end
    ? { pathname: url.slice(start, end), search: "" }
    : { pathname: url.slice(start, query), search: url.slice(query, end) };
}

/** The parameters of a request. */
export function requestQuery(request: Request): URLSearchParams {
  return new URLSearchParams(requestParts(request).search);
}

/** Throws ArgumentError for headers that cannot be sent. A value that is undefined or null would be sent as that word. */
export function requireHeaders(headers: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(headers))
    if (typeof value !== "string")
      throw new ArgumentError(
        `headers: the value of ${JSON.stringify(name)} must be a string, received ${describeValue(value)}`,
      );
  try {
    new Headers(headers as Record<string, string>);
  } catch (error) {
    throw new ArgumentError(`headers: ${(error as Error).message}`);
  }
}

/** Throws ArgumentError for anything but a request. */
export function requireRequest(request: unknown): void {
  if (!(request instanceof Request))
    throw new ArgumentError(`request must be a Request, received ${describeValue(request)}`);
}
