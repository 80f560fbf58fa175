import { type BodyFormat, MEDIA_TYPES } from "../body/media-type.ts";

interface Range {
  readonly type: string;
  readonly quality: number;
}

/**
 * The format that a request prefers among those that are offered, by the quality values of `Accept` (RFC 9110, 12.5.1); of
 * equal ones the first. Undefined if the request accepts none of them.
 */
export function acceptedFormat(request: Request, offered: readonly BodyFormat[]): BodyFormat | undefined {
  const accept = request.headers.get("accept");
  if (accept === null || accept === "*/*") return offered[0];
  const ranges = accept.split(",").map(rangeOf).filter(hasType);
  if (ranges.length === 0) return offered[0];
  let best: BodyFormat | undefined;
  let bestQuality = 0;
  for (const format of offered) {
    const quality = Math.max(...MEDIA_TYPES[format].map(type => qualityOf(ranges, type)));
    if (quality > bestQuality) [best, bestQuality] = [format, quality];
  }
  return best;
}

function rangeOf(text: string): Range {
  const [type = "", ...parameters] = text.toLowerCase().split(";");
  const weight = parameters.map(one => /^\s*q\s*=\s*(\d(?:\.\d*)?)\s*$/.exec(one)?.[1]).find(Boolean);
  return { type: type.trim(), quality: weight === undefined ? 1 : Math.min(1, Number(weight)) };
}

// A list can have empty elements (RFC 9110, 5.6.1).
function hasType({ type }: Range): boolean {
  return type !== "";
}

// The most specific range decides.
function qualityOf(ranges: readonly Range[], type: string): number {
  const matches = [type, type.replace(/\/.*/, "/*"), "*/*"];
  for (const match of matches) {
    const range = ranges.find(one => one.type === match);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
