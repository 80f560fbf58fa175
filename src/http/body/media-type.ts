import { RequestError } from "../request-error.ts";

/** The media types that `respond` sends and request bodies have, by format. */
export const MEDIA_TYPES = {
  json: ["application/json"],
  ndjson: ["application/x-ndjson", "application/ndjson", "application/jsonl"],
  csv: ["text/csv"],
  tsv: ["text/tab-separated-values"],
} as const;
export type BodyFormat = keyof typeof MEDIA_TYPES;

/** The format of a request's body, undefined for others and for compressed ones; a body without a media type is JSON. */
function bodyFormat(request: Request): BodyFormat | undefined {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") return undefined;
  const [type = "", ...parameters] = (request.headers.get("content-type") ?? "").toLowerCase().split(";");
  const charset = parameters.map(one => one.trim()).find(one => one.startsWith("charset="));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) return undefined;
  const name = type.trim();
  if (name === "" || /^application\/(?!json-patch\+)[\w.-]+\+json$/.test(name)) return "json";
  const formats = Object.keys(MEDIA_TYPES) as BodyFormat[];
  return formats.find(format => (MEDIA_TYPES[format] as readonly string[]).includes(name));
}

/** Throws RequestError 415 unless the body has one of the formats. */
export function requireFormat<Format extends BodyFormat>(
  request: Request,
  formats: readonly Format[],
): Format {
  const format = bodyFormat(request);
  if (format !== undefined && formats.includes(format as Format)) return format as Format;
  const types = formats
    .map(one => MEDIA_TYPES[one][0])
    .join(", ")
    .replace(/, (?=[^,]*$)/, " or ");
  throw new RequestError(
    415,
    `the body must be uncompressed UTF-8 with the media type ${types}`,
    "media_type",
  );
}
