/** Headers whose values are lists, in which those of the caller follow (RFC 9110, 12.5.5; RFC 8288, 3). */
const LISTS: ReadonlySet<string> = new Set(["vary", "link"]);

/** The headers of a response, whose names have lower case, with those of the caller, which replace them in any case. */
export function withHeaders(
  own: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>> | undefined,
): Headers | Readonly<Record<string, string>> {
  if (given === undefined) return own;
  const headers = new Headers(own);
  const more = new Headers(given);
  for (const name of more.keys()) if (!LISTS.has(name)) headers.delete(name);
  more.forEach((value, name) => {
    headers.append(name, value);
  });
  return headers;
}
