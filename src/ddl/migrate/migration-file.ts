import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError } from "../../errors.ts";
import { tokensOf } from "../../statements/scan-sql.ts";
import type { Migration } from "./migration.ts";

/** The migrations of the `.sql` files of a directory, in the order of their names. */
export async function readMigrations(directory: string): Promise<readonly Migration[]> {
  return await Promise.all(
    migrationFileNames(directory).map(async name =>
      parseMigration(name, await migrationText(directory, name)),
    ),
  );
}

/** The text of a file; throws ArgumentError unless it is UTF-8, because bytes that are not would be replaced. */
export async function migrationText(directory: string, name: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await Bun.file(join(directory, name)).bytes());
  } catch (error) {
    const what = error instanceof TypeError ? "is not UTF-8; save it as UTF-8" : "cannot be read";
    throw new ArgumentError(`migration ${name} ${what}`, { cause: error });
  }
}

/** The names of the `.sql` files of a directory, in order. */
export function migrationFileNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter(name => name.endsWith(".sql"))
      .sort();
  } catch (error) {
    const what = (error as { code?: string }).code === "ENOENT" ? "does not exist" : "cannot be read";
    throw new ArgumentError(`the migrations directory ${directory} ${what}`, { cause: error });
  }
}

/** The line that starts the SQL that reverts a migration. */
export const DOWN_LINE = "-- rowfn: down";

const DOWN = /^--\s*rowfn:\s*down\s*$/;
const NO_TRANSACTION = /^--\s*rowfn:\s*no transaction\s*$/;

function parseMigration(name: string, text: string): Migration {
  const lines = directives(text);
  const down = lines.filter(({ found }) => DOWN.test(found));
  if (down.length > 1) throw new ArgumentError(`migration ${name} has two lines "${DOWN_LINE}"; remove one`);
  const transaction = !lines.some(({ found }) => NO_TRANSACTION.test(found));
  const at = down[0]?.start ?? text.length;
  const own = { name, up: text.slice(0, at), transaction };
  // Empty lines replace the part before it, so that an error has the line numbers of the file.
  const reverse = text.slice(at).replace(/^.*/, "");
  return reverse.trim() === "" ? own : { ...own, down: text.slice(0, at).replaceAll(/[^\n]/g, "") + reverse };
}

interface Directive {
  readonly found: string;
  readonly start: number;
}

// Comments that are not in a string or function body. A text with an unclosed string is reported when it runs.
function directives(text: string): readonly Directive[] {
  const found: Directive[] = [];
  try {
    for (const token of tokensOf(text)) if (token.found.startsWith("--")) found.push(token);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
  }
  return found;
}
