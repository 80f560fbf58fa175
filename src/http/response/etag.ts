import { UnknownNameError } from "../../errors.ts";
import { untypedText } from "../../files/untyped-value.ts";
import { nearest } from "../../schema/nearest.ts";

/** The strong entity tag of a version: its text, quoted and without characters that a tag cannot have. */
export function entityTag(version: string): string {
  return `"${encodeURIComponent(version)}"`;
}

/** The tags of `If-Match` or `If-None-Match`: `*`, or the versions of its tags; undefined without the header. */
export function tagVersions(header: string | null): "*" | readonly string[] | undefined {
  if (header === null) return undefined;
  if (header.trim() === "*") return "*";
  return [...header.matchAll(/(W\/)?"([^"]*)"/g)].map(([, weak = "", text]) => weak + versionText(text!));
}

function versionText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a row has the version that `If-Match` requires, if the request has one (RFC 9110, 13.1.1, strong comparison). */
export function isWanted(request: Request, version: string): boolean {
  const versions = tagVersions(request.headers.get("if-match"));
  return versions === undefined || versions === "*" || versions.includes(version);
}

/** Whether a request already has the version of a representation (RFC 9110, 13.1.2, weak comparison). */
export function hasVersion(request: Request, version: string): boolean {
  const versions = tagVersions(request.headers.get("if-none-match"));
  return versions === "*" || (versions?.some(one => one.replace(/^W\//, "") === version) ?? false);
}

/** The version of a row as text; undefined without one. Throws UnknownNameError for a column that the row does not have. */
export function rowVersion(
  row: Readonly<Record<string, unknown>>,
  { version, etag }: { readonly version?: string; readonly etag?: string },
): string | undefined {
  if (etag !== undefined || version === undefined) return etag;
  // Without an ETag no client would notice that a change of another one is lost.
  if (!(version in row))
    throw new UnknownNameError(
      `respond: the row has no column ${JSON.stringify(version)} for version${nearest(version, Object.keys(row))}`,
    );
  const value = row[version];
  return value === undefined || value === null ? undefined : untypedText(value);
}
