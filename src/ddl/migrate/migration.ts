import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError } from "../../errors.ts";

/** The body of a migration; gets the handle of its transaction, or of the connection with `transaction: false`. */
export type MigrationFunction = (sql: Bun.SQL) => unknown;

/** One change of the database, identified by its name. */
export interface Migration {
  /** For example `001_albums.sql`. The list, not the name, decides the order. */
  readonly name: string;
  /** One or more SQL statements, or a function. */
  readonly up: string | MigrationFunction;
  /**
   * `false` for statements that PostgreSQL rejects inside a transaction, such as CREATE INDEX CONCURRENTLY. Each statement
   * is then committed by itself, and a failed migration starts again with its first statement. In a file:
   * the line `-- rowfn: no transaction`.
   */
  readonly transaction?: boolean;
}

/** The migrations of a directory in the order of their names, or of a list; throws ArgumentError if one is invalid. */
export async function loadMigrations(
  migrations: string | readonly Migration[],
): Promise<readonly Migration[]> {
  const list = typeof migrations === "string" ? await readDirectory(migrations) : migrations;
  validateMigrations(list);
  return list;
}

/** The SHA-256 of the SQL with `\n` line ends; null for a function, whose text changes with every bundler. */
export function checksum({ up }: Migration): string | null {
  if (typeof up !== "string") return null;
  return new Bun.CryptoHasher("sha256").update(up.replaceAll("\r\n", "\n")).digest("hex");
}

const NO_TRANSACTION = /^--\s*rowfn:\s*no transaction\s*$/m;

async function readDirectory(directory: string): Promise<readonly Migration[]> {
  const names = fileNames(directory).filter(name => name.endsWith(".sql"));
  return await Promise.all(
    names.sort().map(async name => {
      const up = await Bun.file(join(directory, name)).text();
      return { name, up, transaction: !NO_TRANSACTION.test(up) };
    }),
  );
}

function fileNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const what = (error as { code?: string }).code === "ENOENT" ? "does not exist" : "cannot be read";
    throw new ArgumentError(`the migrations directory ${directory} ${what}`, { cause: error });
  }
}

// The BEGIN of a function body has no semicolon.
const OWN_TRANSACTION = /^\s*(begin|commit|rollback|start\s+transaction|abort)(\s+(work|transaction))?\s*;/im;

function validateMigrations(migrations: readonly Migration[]): void {
  const names = new Set<string>();
  for (const { name, up, transaction } of migrations) {
    if (typeof name !== "string" || name === "")
      throw new ArgumentError(`the name of a migration must be a non-empty string, received ${String(name)}`);
    if (names.has(name)) throw new ArgumentError(`migration ${name} appears twice; rename one`);
    names.add(name);
    if (typeof up === "string" && up.trim() === "") throw new ArgumentError(`migration ${name} is empty`);
    if (typeof up === "string" && transaction !== false && OWN_TRANSACTION.test(up))
      throw new ArgumentError(
        `migration ${name} begins or ends a transaction, but already runs in one; remove BEGIN and COMMIT, or use transaction: false (in a file: "-- rowfn: no transaction")`,
      );
  }
}
