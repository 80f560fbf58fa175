import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError } from "../../errors.ts";
import { DOWN_LINE, migrationFileNames } from "./migration-file.ts";

/**
 * Creates an empty migration file that sorts after the existing ones: `001_NAME.sql`, or with the digits or timestamps
 * of the existing names. The directory is created if it does not exist.
 * @param directory the directory of the migrations
 * @param name letters, digits, `_` and `-`; spaces become `_`
 * @returns the path of the file
 * @throws ArgumentError if the name is invalid, or the last file does not begin with a number
 * @example `newMigration("migrations", "add label")`
 */
export function newMigration(directory: string, name: string): string {
  if (typeof directory !== "string" || typeof name !== "string")
    throw new ArgumentError("newMigration requires a directory and a name, both strings");
  const words = name.trim().replaceAll(/\s+/g, "_");
  if (!/^[\w-]+$/.test(words))
    throw new ArgumentError(
      `the name of a migration must consist of letters, digits, _ and -, received ${JSON.stringify(name)}`,
    );
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${nextNumber(migrationFileNames(directory).at(-1))}_${words}.sql`);
  writeFileSync(path, `\n\n${DOWN_LINE}\n\n`, { flag: "wx" });
  return path;
}

function nextNumber(last: string | undefined): string {
  if (last === undefined) return "001";
  const digits = /^\d+/.exec(last)?.[0];
  if (digits === undefined)
    throw new ArgumentError(`${last} does not begin with a number; name the new file so that it sorts last`);
  const now = new Date().toISOString().replaceAll(/\D/g, "").slice(0, digits.length);
  if (digits.length === TIMESTAMP_DIGITS && now > digits) return now;
  const next = String(BigInt(digits) + 1n).padStart(digits.length, "0");
  if (next.length === digits.length) return next;
  throw new ArgumentError(`no number of ${digits.length} digits sorts after ${last}; rename the files`);
}

const TIMESTAMP_DIGITS = 14;
