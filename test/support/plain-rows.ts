import type { SQL } from "bun";

/** The rows of a table, read with plain SQL: each value is in text format (arrays and jsonb as JSON). */
export async function plainRows(sql: SQL, table: string, rest = ""): Promise<(string | null)[][]> {
  const columns = await sql`
    select attname::text, (t.typcategory = 'A' or t.typname in ('json', 'jsonb')) as is_structure
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    where attrelid = ${quoteName(table)}::text::regclass and attnum > 0 and not attisdropped order by attnum`.values();
  const list = columns.map(([name, isStructure]: [string, boolean]) =>
    isStructure ? `to_jsonb(${quoteName(name)})::text` : `${quoteName(name)}::text`,
  );
  return sql.unsafe(`select ${list.join(", ")} from ${quoteName(table)} ${rest}`).values();
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The values of a row in the text that `plainRows` returns, for a session in UTC. */
export function asPlain(row: object): (string | null)[] {
  return Object.values(row).map(plainText);
}

function plainText(value: unknown): string | null {
  if (value === null) return null;
  if (value instanceof Date)
    return value
      .toISOString()
      .replace("T", " ")
      .replace(/\.?0*Z$/, "");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Removes differences in the spelling of time zones and the spaces of JSON. */
export function comparable(rows: readonly (string | null)[][]): string[] {
  return rows
    .map(row => row.map(text => text?.replace(/\+00$/, "").replaceAll(/([":\],]) /g, "$1") ?? "␀").join("|"))
    .sort();
}
