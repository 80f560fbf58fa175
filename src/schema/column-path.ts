import { quoteIdentifier } from "./quote.ts";

/** `album.title`, or `album."tit.le"`: a name with a dot or a quote is quoted, so that no two columns have the same path. */
export function columnPath({ key }: { readonly key: string }, column: string): string {
  return `${key}.${/[."]/.test(column) ? quoteIdentifier(column) : column}`;
}

/** The table and the column of a path; undefined for other strings. */
export function parseColumnPath(
  path: string,
): { readonly table: string; readonly column: string } | undefined {
  const [, quotedOf, quoted] = /^(.+?)\."((?:[^"]|"")+)"$/s.exec(path) ?? [];
  if (quotedOf !== undefined) return { table: quotedOf, column: quoted!.replaceAll('""', '"') };
  const [, table, column] = /^(.+)\.([^.]+)$/s.exec(path) ?? [];
  return table === undefined ? undefined : { table, column: column! };
}
