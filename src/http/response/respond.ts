import { ArgumentError, StaleError } from "../../errors.ts";
import { type OptionNames, requireOptions } from "../../schema/arguments.ts";
import { describeValue } from "../../types/problem.ts";
import { type BodyFormat, MEDIA_TYPES } from "../body/media-type.ts";
import { problem } from "../problem/problem.ts";
import { pageUrl } from "../query/next-url.ts";
import { requireHeaders, requireRequest } from "../request.ts";
import { RequestError } from "../request-error.ts";
import { withHeaders } from "../with-headers.ts";
import { acceptedFormat } from "./accept.ts";
import { entityTag, hasVersion, isWanted, rowVersion } from "./etag.ts";
import { exactJson, isExact, type JsonValues } from "./json-text.ts";
import { awaitFirst, textStream } from "./row-stream.ts";
import { rowTexts, type SentColumns, sentWriter } from "./row-texts.ts";

/** Options of `respond`. */
export interface RespondOptions {
  /** 200 by default. */
  readonly status?: number;
  /** More headers, which replace those of the response; `Vary` and `Link` are joined. A 404, 406 or 412 does not have them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The row's column whose value changes with every update, for `ETag`. */
  readonly version?: string;
  /** The version of the stored row as text, for `ETag`, if it has no such column. */
  readonly etag?: string;
  /** The columns of CSV and TSV, in order; default: the columns of the first row. */
  readonly columns?: readonly string[];
}

const RESPOND_OPTIONS: OptionNames<RespondOptions> = {
  status: "count",
  headers: "object",
  version: true,
  etag: true,
  columns: "list",
};

/** The options with columns whose types are known. */
type SentOptions = Omit<RespondOptions, "columns"> & { readonly columns?: SentColumns };

/** The options of a stream, with what is called for an error after its first row. */
type StreamOptions = SentOptions & { readonly onError?: (error: unknown) => void };

type Row = Readonly<Record<string, unknown>>;

/** A page with its tokens. */
interface RowsPage {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly previous: string | null;
  readonly total?: number;
}

/** The values that `respond` sends: a row, rows, a page, a stream of rows, or nothing, which is `404`. */
export type Rows = object | readonly object[] | AsyncIterable<object> | null | undefined;

/**
 * The response for a row, for rows or for a page: JSON with every digit, or CSV, TSV or NDJSON if the request prefers it by
 * `Accept`. Rows of `streamRows` are sent as they arrive, at the pace of the reader. A page has `Link` headers of the next
 * and the previous page, and `X-Total-Count`. A row with a version has an `ETag`, and `304` for `If-None-Match`.
 * @param request the request: its method, `Accept` and `If-None-Match`
 * @param rows a row, an array of rows, a page of `page`, an async iterable of rows; undefined is `404`
 * @param options status, headers, the version of the row
 * @returns the response; without a body for HEAD
 * @throws UnknownNameError if the row does not have the column of `version`; the error of an async iterable before its first row
 * @example `await (await respond(new Request("http://localhost"), { id: 9007199254740993n })).text()` → `{"id":9007199254740993}`
 */
export async function respond(request: Request, rows: Rows, options: RespondOptions = {}): Promise<Response> {
  requireRequest(request);
  requireOptions("respond", options, RESPOND_OPTIONS);
  const { status = 200, headers } = options;
  if (headers !== undefined) requireHeaders(headers);
  if (status < 200 || status > 599)
    throw new ArgumentError(`respond: status must be an integer from 200 to 599, received ${status}`);
  if (rows === null || rows === undefined)
    return problem(new RequestError(404, "the row does not exist", "not_found"));
  if (typeof rows !== "object" || isOpaque(rows))
    throw new ArgumentError(
      `rows must be a row, an array of rows, a page or a stream of rows, received ${describeValue(rows)}`,
    );
  if (Symbol.asyncIterator in rows) return await respondStream(request, rows as AsyncIterable<Row>, options);
  if (Array.isArray(rows)) return respondRows(request, rows, options, {});
  if (isPage(rows)) return respondPage(request, rows, options);
  return respondRow(request, rows as Row, options);
}

/** As `respond` for a page, whose rows have such values. */
export function respondPage(
  request: Request,
  page: RowsPage,
  options: SentOptions,
  values: JsonValues = "any",
): Response {
  return respondRows(request, page.rows, options, pageHeaders(request, page), values);
}

// A promise, a Map and the like, which JSON would print as {}.
function isOpaque(value: object): boolean {
  const isPromise = "then" in value && typeof value.then === "function";
  return isPromise || (Symbol.iterator in value && !Array.isArray(value));
}

const PAGE: ReadonlySet<string> = new Set<keyof RowsPage>(["rows", "next", "previous", "total"]);

// A row with further columns is no page, which would drop them.
function isPage(value: object): value is RowsPage {
  if (!("rows" in value && Array.isArray(value.rows) && "next" in value && "previous" in value)) return false;
  const isToken = (one: unknown): boolean => one === null || typeof one === "string";
  return isToken(value.next) && isToken(value.previous) && Object.keys(value).every(name => PAGE.has(name));
}

function pageHeaders(
  request: Request,
  { next, previous, total }: RowsPage,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const links: string[] = [];
  if (next !== null) links.push(`<${pageUrl(request, "after", next)}>; rel="next"`);
  if (previous !== null) links.push(`<${pageUrl(request, "before", previous)}>; rel="prev"`);
  if (links.length > 0) headers["link"] = links.join(", ");
  if (total !== undefined) headers["x-total-count"] = String(total);
  return headers;
}

/** As `respond` for a row, which has such values. */
export function respondRow(
  request: Request,
  row: Row,
  options: RespondOptions,
  values: JsonValues = "any",
): Response {
  if (sentFormat(request, ROW_FORMATS) === undefined) return notAcceptable(ROW_FORMATS);
  const version = rowVersion(row, options);
  const tag = version === undefined ? {} : { etag: entityTag(version) };
  const isRead = isReading(request);
  if (version !== undefined && isRead && !isWanted(request, version)) return problem(new StaleError(STALE));
  if (version !== undefined && isRead && hasVersion(request, version))
    return new Response(null, { status: 304, headers: withHeaders(tag, options.headers) });
  return jsonResponse(request, row, options, tag, values);
}

function isReading({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

// A write has already happened.
function sentFormat(request: Request, offered: readonly BodyFormat[]): BodyFormat | undefined {
  return acceptedFormat(request, offered) ?? (isReading(request) ? undefined : offered[0]);
}

/** A JSON response whatever the request accepts, because a write has already happened. */
export function respondJson(request: Request, value: object, options: RespondOptions = {}): Response {
  const tag = options.etag === undefined ? {} : { etag: entityTag(options.etag) };
  return jsonResponse(request, value, options, tag);
}

const STALE = "the row has a different version than If-Match requires";

const ROW_FORMATS: readonly BodyFormat[] = ["json"];
const LIST_FORMATS: readonly BodyFormat[] = ["json", "ndjson", "csv", "tsv"];
const VARY = { vary: "accept" };

function respondRows(
  request: Request,
  rows: readonly Row[],
  options: SentOptions,
  headers: Readonly<Record<string, string>>,
  values: JsonValues = "any",
): Response {
  const format = sentFormat(request, LIST_FORMATS);
  if (format === undefined) return notAcceptable(LIST_FORMATS);
  const more = { ...headers, ...VARY };
  if (format === "json") return jsonResponse(request, rows, options, more, values);
  const { head, row, foot } = sentWriter(format, options.columns ?? Object.keys(rows[0] ?? {}));
  return textResponse(request, head + rows.map(row).join("") + foot, format, options, more);
}

/** As `respond` for a stream of rows. */
export async function respondStream(
  request: Request,
  rows: AsyncIterable<Row>,
  options: StreamOptions,
): Promise<Response> {
  const format = sentFormat(request, LIST_FORMATS);
  if (format === undefined) return notAcceptable(LIST_FORMATS);
  const { first, all, close } = await awaitFirst(rows);
  const texts = rowTexts(format, options.columns ?? Object.keys(first ?? {}), all);
  const { status = 200, onError } = options;
  // An aborted request causes such an error itself.
  const fail = (error: unknown): void => void (request.signal.aborted || onError?.(error));
  if (request.method !== "HEAD")
    return new Response(textStream(texts, { close, fail }), {
      status,
      headers: headersOf(format, options, VARY),
    });
  await close();
  // Without the header the server would state the length 0.
  const headers = headersOf(format, options, { ...VARY, "transfer-encoding": "chunked" });
  return new Response(null, { status, headers });
}

function jsonResponse(
  request: Request,
  value: object,
  options: SentOptions,
  headers: Readonly<Record<string, string>>,
  values: JsonValues = "any",
): Response {
  // Long texts are sent faster if the response itself prints them.
  if (request.method !== "HEAD" && (values === "plain" || isExact(value)))
    return Response.json(value, {
      status: options.status ?? 200,
      headers: headersOf("json", options, headers),
    });
  return textResponse(request, exactJson(value), "json", options, headers);
}

function textResponse(
  request: Request,
  text: string,
  format: BodyFormat,
  options: SentOptions,
  headers: Readonly<Record<string, string>>,
): Response {
  const { status = 200 } = options;
  if (request.method !== "HEAD")
    return new Response(text, { status, headers: headersOf(format, options, headers) });
  const length = { "content-length": String(Buffer.byteLength(text)) };
  return new Response(null, { status, headers: headersOf(format, options, { ...headers, ...length }) });
}

function headersOf(
  format: BodyFormat,
  { headers }: SentOptions,
  more: Readonly<Record<string, string>>,
): ReturnType<typeof withHeaders> {
  return withHeaders({ "content-type": CONTENT_TYPES[format], ...more }, headers);
}

const CONTENT_TYPES: Readonly<Record<BodyFormat, string>> = {
  json: MEDIA_TYPES.json[0],
  ndjson: MEDIA_TYPES.ndjson[0],
  csv: `${MEDIA_TYPES.csv[0]}; charset=utf-8`,
  tsv: `${MEDIA_TYPES.tsv[0]}; charset=utf-8`,
};

function notAcceptable(formats: readonly BodyFormat[]): Response {
  const types = formats.map(format => MEDIA_TYPES[format][0]).join(", ");
  return problem(new RequestError(406, `the response can have the media types ${types}`, "not_acceptable"));
}
