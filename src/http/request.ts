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

/** Throws ArgumentError for anything but a request. */
export function requireRequest(request: unknown): void {
  if (!(request instanceof Request))
    throw new ArgumentError(`request must be a Request, received ${describeValue(request)}`);
}
