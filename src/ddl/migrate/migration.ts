/** The body of a migration; gets the handle of its transaction, or of the connection with `transaction: false`. */
export type MigrationFunction = (sql: Bun.SQL) => unknown;

/** One change of the database, identified by its name. */
export interface Migration {
  /** For example `001_albums.sql`. The list, not the name, decides the order. */
  readonly name: string;
  /** One or more SQL statements, or a function. */
  readonly up: string | MigrationFunction;
  /** The SQL or function that reverts `up`, for `migrateDown`. In a file: what follows the line `-- rowfn: down`. */
  readonly down?: string | MigrationFunction;
  /**
   * `false` for statements that PostgreSQL rejects inside a transaction, such as CREATE INDEX CONCURRENTLY. Each statement
   * is then committed by itself, and a failed migration starts again with its first statement. In a file:
   * the line `-- rowfn: no transaction`.
   */
  readonly transaction?: boolean;
}

/** The SHA-256 of `up` with `\n` line ends; null for a function, whose text changes with every bundler. */
export function checksum({ up }: Migration): string | null {
  return typeof up === "string" ? sha256(up.replaceAll("\r\n", "\n")) : null;
}

/** Whether a migration has a checksum of the log; a section `-- rowfn: down` may be added after the migration ran. */
export function hasChecksum(migration: Migration, logged: string): boolean {
  const { up } = migration;
  if (typeof up !== "string" || checksum(migration) === logged) return true;
  const text = up.replaceAll("\r\n", "\n").trimEnd();
  return sha256(text) === logged || sha256(`${text}\n`) === logged;
}

function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
