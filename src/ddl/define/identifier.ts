import { ArgumentError } from "../../errors.ts";

// NAMEDATALEN - 1 (manual 4.1.1): PostgreSQL cuts longer names without a word.
const MAX_BYTES = 63;

/** The name of something new, if PostgreSQL can keep all of it. */
export function newIdentifier(name: string): string {
  if (typeof name !== "string" || name === "" || name.includes("\0") || !name.isWellFormed())
    throw new ArgumentError(`not a name: ${JSON.stringify(name)}`);
  if (byteLength(name) > MAX_BYTES)
    throw new ArgumentError(
      `${JSON.stringify(name)} is longer than PostgreSQL's ${MAX_BYTES} bytes for a name`,
    );
  return name;
}

/**
 * The name PostgreSQL itself would choose for a key, constraint or index: `album_artist_id_fkey`, with a number when it
 * is taken. The longer part is shortened until the whole fits.
 */
export function chosenName(
  table: string,
  columns: readonly string[],
  label: string,
  taken: ReadonlySet<string>,
): string {
  for (let number = 0; ; number++) {
    const suffix = `${label}${number === 0 ? "" : number}`;
    const name = joinedName(table, columns.join("_"), suffix);
    if (!taken.has(name)) return name;
  }
}

function joinedName(table: string, column: string, label: string): string {
  let [first, second] = [[...table], [...column]];
  const joined = (): string => [first.join(""), second.join(""), label].filter(Boolean).join("_");
  while (byteLength(joined()) > MAX_BYTES) {
    if (byteLength(first.join("")) > byteLength(second.join(""))) first = first.slice(0, -1);
    else second = second.slice(0, -1);
  }
  return joined();
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
