import { ArgumentError } from "../../errors.ts";
import { requireObject } from "../../schema/arguments.ts";
import { describeValue } from "../../types/problem.ts";
import { requestParts, requireRequest } from "../request.ts";

/** A page's tokens. */
export interface PageTokens {
  readonly next: string | null;
  readonly previous?: string | null;
}

/**
 * The URL of the next page: the URL of a request with the page's token.
 * @param request a request, or its URL
 * @param page a page that `page` returned
 * @returns path and query, which every host understands: `/invoice?status=sent&after=...`; null on the last page
 * @throws TypeError if the URL is invalid; ArgumentError for anything but a request and a page
 * @example `nextUrl("http://localhost/genre?limit=2&after=A", { next: "B" })` → `"/genre?limit=2&after=B"`
 */
export function nextUrl(request: Request | URL | string, page: PageTokens): string | null {
  const isUrl = request instanceof URL || typeof request === "string";
  if (!isUrl) requireRequest(request);
  requireObject("page", page);
  if (page.next === null) return null;
  if (typeof page.next === "string") return pageUrl(request, "after", page.next);
  throw new ArgumentError(`page.next must be a page token or null, received ${describeValue(page.next)}`);
}

/** The URL of a request with a different page token. */
export function pageUrl(request: Request | URL | string, name: "after" | "before", token: string): string {
  const { pathname, search } = request instanceof Request ? requestParts(request) : new URL(request);
  return `${pathReference(pathname)}?${withToken(search, name, token)}`;
}

/**
 * A path as a reference in a header. Two slashes at its beginning would name a host (RFC 3986, 4.2), and a client of HTTP/1.0
 * can send any characters.
 */
export function pathReference(pathname: string): string {
  const path = pathname.replaceAll(/[^!-~]+|[<>"]/g, encodeURIComponent);
  return path.startsWith("//") ? `/.${path}` : path;
}

// Most queries need no encoding and have no token.
const PLAIN = /^\?(?!(?:.*&)?(?:after|before)(?:[&=]|$))[\w.~=&,-]+$/;

function withToken(search: string, name: "after" | "before", token: string): string {
  if (PLAIN.test(search)) return `${search.slice(1)}&${name}=${encodeURIComponent(token)}`;
  const query = new URLSearchParams(search);
  query.delete("after");
  query.delete("before");
  query.set(name, token);
  return query.toString();
}
