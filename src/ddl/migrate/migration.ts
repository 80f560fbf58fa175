import { ArgumentError } from "../../errors.ts";

/** What a migration function runs: with the transaction's handle, or the connection's with `transaction: false`. */
export type MigrationFunction = (sql: Bun.SQL) => unknown;

/** One change of the database, known by its name for ever. */
export interface Migration {
  /** `001_albums.sql`: migrations run in the order of their list. */
  readonly name: string;
  /** SQL, several statements if need be, or a function. */
  readonly up: string | MigrationFunction;
  /**
   * `false` for what PostgreSQL refuses inside a transaction, as CREATE INDEX CONCURRENTLY. Statements run one by one;
   * those before a failure stay, and run again next time. In a file it is the line `-- rowfn: no transaction`.
   */
  readonly transaction?: boolean;
}

/** SHA-256 of the SQL, whatever its line ends; null for a function, whose text depends on how it was bundled. */
export function checksum({ up }: Migration): string | null {
  if (typeof up !== "string") return null;
  return new Bun.CryptoHasher("sha256").update(up.replaceAll("\r\n", "\n")).digest("hex");
}

// In a file; BEGIN of a function's body has no semicolon.
const OWN_TRANSACTION = /^\s*(begin|commit|rollback|start\s+transaction|abort)(\s+(work|transaction))?\s*;/im;

/** Throws ArgumentError for a list that cannot be run. */
export function checkMigrations(migrations: readonly Migration[]): void {
  const names = new Set<string>();
  for (const { name, up, transaction } of migrations) {
    if (typeof name !== "string" || name === "") throw new ArgumentError("a migration without a name");
    if (names.has(name)) throw new ArgumentError(`there are two migrations ${name}`);
    names.add(name);
    if (typeof up === "string" && up.trim() === "") throw new ArgumentError(`migration ${name} is empty`);
    if (typeof up === "string" && transaction !== false && OWN_TRANSACTION.test(up))
      throw new ArgumentError(
        `migration ${name} begins or ends a transaction: it runs in one already, unless it has the line "-- rowfn: no transaction"`,
      );
  }
}
