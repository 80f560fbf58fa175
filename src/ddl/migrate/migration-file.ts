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

/** The names of the `.sql` files of a directory, in order, without hidden ones, which editors and systems create. */
export function migrationFileNames(directory: string): readonly string[] {
  const names = filesOf(directory).filter(name => /^[^.].*\.sql$/is.test(name));
  const odd = names.find(name => !name.endsWith(".sql"));
  if (odd !== undefined) throw new ArgumentError(`migration ${odd} must end in .sql; rename it`);
  return names.sort();
}

function filesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const what = (error as { code?: string }).code === "ENOENT" ? "does not exist" : "cannot be read";
    throw new ArgumentError(`the migrations directory ${directory} ${what}`, { cause: error });
  }
}

/** The line that starts the SQL that reverts a migration. */
export const DOWN_LINE = "-- rowfn: down";

/** The line of a migration that runs without a transaction. */
const NO_TRANSACTION_LINE = "-- rowfn: no transaction";

const DOWN = /^--\s*rowfn:\s*down\s*$/;
const NO_TRANSACTION = /^--\s*rowfn:\s*no transaction\s*$/;
// What is meant as one of these lines: what reverts a migration would otherwise run with it.
const DIRECTIVE = /^--[-\s]*rowfn\s*(?::|\W*(?:down|no\W*transaction)\s*$)/i;

function parseMigration(name: string, text: string): Migration {
  const lines = directives(text);
  const unknown = lines.find(({ found }) => !DOWN.test(found) && !NO_TRANSACTION.test(found));
  if (unknown !== undefined)
    throw new ArgumentError(
      `migration ${name} has the line ${JSON.stringify(unknown.found.trim())}, which means nothing; write "${DOWN_LINE}" or "${NO_TRANSACTION_LINE}"`,
    );
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

/** Throws ArgumentError if the text of a migration in a list has a line that has a meaning only in a file. */
export function requireNoDirective(place: string, text: string, hasTransaction: boolean): void {
  const line = directives(text).find(({ found }) => hasTransaction || !NO_TRANSACTION.test(found));
  if (line !== undefined)
    throw new ArgumentError(
      `migration ${place} has the line ${JSON.stringify(line.found.trim())}, which has a meaning only in a file; pass down or transaction`,
    );
}

// Comments that are not in a string or function body. A text with an unclosed string is reported when it runs.
function directives(text: string): readonly Directive[] {
  const found: Directive[] = [];
  try {
    for (const token of tokensOf(text)) if (DIRECTIVE.test(token.found)) found.push(token);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
  }
  return found;
}
