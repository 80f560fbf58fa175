import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";

/** The options of the program, which every subcommand accepts. */
export type GlobalOptions = {
  readonly url?: string | undefined;
  readonly demo?: true | undefined;
  readonly migrations?: string | undefined;
  readonly debug?: true | undefined;
};

export type Program = Command<[], GlobalOptions>;

/** Adds a subcommand to the program. */
export type AddSubcommand = (program: Program) => void;

export const TABLE_HELP = "table or view name, with its PostgreSQL schema unless that is on the search path";
export const OUT_HELP = "output file (default: standard output)";
export const PARTITIONS_HELP = "partitions of partitioned tables, too";
/** The help of `--functions`, which is an option of the snapshot. */
export const FUNCTIONS_HELP =
  "functions with their definitions, so that diff and check compare them and diff can create them";
export const SCHEMA_HELP = "PostgreSQL schema to include (default: all) (repeatable)";

/** The examples at the end of a subcommand's help. */
export function examples(...lines: readonly string[]): string {
  return ["", "Examples:", ...lines.map(line => `  $ ${line}`)].join("\n");
}

/** Collects the values of a repeatable option: `--schema public --schema audit`. */
export function repeatable(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** @throws InvalidArgumentError if the option is not a non-negative integer */
export function nonNegativeInteger(text: string): number {
  if (!/^(?:0|[1-9]\d{0,14})$/.test(text)) throw new InvalidArgumentError("Expected a non-negative integer.");
  return Number(text);
}

/** @throws InvalidArgumentError if the option is not a positive integer */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("Expected a positive integer.");
  return Number(text);
}
