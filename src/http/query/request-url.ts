/** The path and the query of a URL, as they are written. */
export interface UrlParts {
  readonly pathname: string;
  /** With the question mark; empty without a query. */
  readonly search: string;
}

/** The parts of a request's URL, which is absolute and valid, so that it need not be parsed. */
export function requestParts({ url }: Request): UrlParts {
  const fragment = url.indexOf("#");
  const text = fragment === -1 ? url : url.slice(0, fragment);
  const start = text.indexOf("/", text.indexOf("://") + 3);
  const query = text.indexOf("?", start);
  return query === -1
    ? { pathname: text.slice(start), search: "" }
    : { pathname: text.slice(start, query), search: text.slice(query) };
}

/** The parameters of a request. */
export function requestQuery(request: Request): URLSearchParams {
  return new URLSearchParams(requestParts(request).search);
}
