import type { ImportRowsOptions } from "../files/index.ts";
import { requireOnce } from "./change-table.ts";
import { UsageError } from "./failure.ts";

export const RENAME_HELP = "column of a name in the file (repeatable)";
export const SKIP_HELP = "name in the file that is not stored (repeatable)";
export const ALTER_HELP = "new columns for fields of the file that the table lacks";
export const OVERRIDING_HELP = "values of GENERATED ALWAYS identity columns, such as those of an export";

/** The options of a subcommand that reads a file of rows. */
export type FileChoices = {
  readonly rename?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
  readonly alter?: true | undefined;
  readonly overriding?: true | undefined;
};

/** Returns the options of `importRows`; throws UsageError for an invalid `--rename`, and for a name that is given twice. */
export function fileOptions({
  rename = [],
  skip = [],
  alter,
  overriding,
}: FileChoices): Pick<ImportRowsOptions, "columns" | "alter" | "overriding"> {
  const names = [...rename.map(renamed), ...skip.map(name => [name, null] as const)];
  requireOnce(
    "--rename or --skip",
    names.map(([name]) => name),
  );
  return {
    ...(names.length > 0 && { columns: Object.fromEntries(names) }),
    ...(alter && { alter }),
    ...(overriding && { overriding }),
  };
}

// A name in the file may be empty, or contain an equals sign.
function renamed(text: string): readonly [name: string, column: string] {
  const at = text.lastIndexOf("=");
  if (at !== -1 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`--rename must be name=column, received ${JSON.stringify(text)}`);
}
