import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { columnList } from "./column-options.ts";
import { UsageError } from "./failure.ts";
import { repeatable } from "./subcommand.ts";

/** The options and arguments whose value may be empty: a default, a name in a file, values of columns and parameters. */
const MAY_BE_EMPTY: readonly string[] = ["--default", "--skip", "key", "assignments", "parameters"];

/**
 * Makes the commands throw UsageError for what the parser would accept without using it: an option that is given twice,
 * an empty value, a list with an empty name, and an option in the place of a value.
 */
export function rejectUnused(command: CommandUnknownOpts): void {
  const given = new Map<string, string>();
  for (const option of command.options)
    command.on(`option:${option.name()}`, (value?: string) => {
      const flag = option.long!;
      if (option.required) requireValue(command, option, value!);
      requireSingle(option, given.get(option.attributeName()));
      given.set(option.attributeName(), flag);
    });
  command.hook("preAction", (_, { registeredArguments, args }) => {
    for (const [index, argument] of registeredArguments.entries()) {
      const values = argument.variadic ? args.slice(index) : args.slice(index, index + 1);
      if (values.includes("") && !MAY_BE_EMPTY.includes(argument.name()))
        throw new UsageError(`${argument.name()} must not be empty`);
    }
  });
  for (const subcommand of command.commands) rejectUnused(subcommand);
}

function requireValue(command: CommandUnknownOpts, { long, flags }: Option, value: string): void {
  if (value === "" && !MAY_BE_EMPTY.includes(long!)) throw new UsageError(`${long} must not be empty`);
  const known = [command, command.parent].flatMap(owner => owner?.options ?? []);
  if (known.some(other => other.long === value))
    throw new UsageError(`${long} requires a value, received the option ${value}`);
  if (!flags.endsWith("<columns>")) return;
  const names = columnList(value);
  if (names.includes(""))
    throw new UsageError(`${long} must be comma-separated columns, received ${JSON.stringify(value)}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new UsageError(`column ${JSON.stringify(twice)} appears twice in ${long}; remove one`);
}

function requireSingle({ long, required, parseArg }: Option, before: string | undefined): void {
  if (before === undefined || parseArg === repeatable) return;
  if (before !== long) throw new UsageError(`${before} and ${long} cannot be combined; choose one`);
  if (required) throw new UsageError(`${long} is given twice; remove one`);
}

/** Throws UsageError for an option of a parent command that the subcommand does not use. */
export function requireUnused(command: CommandUnknownOpts, flags: readonly string[]): void {
  for (let owner = command.parent; owner !== null; owner = owner.parent)
    for (const option of owner.options)
      if (flags.includes(option.long!) && owner.getOptionValueSource(option.attributeName()) === "cli")
        throw new UsageError(`${command.name()} does not use ${option.long}; remove it`);
}

/** The options that choose a database. */
export const DATABASE_FLAGS: readonly string[] = ["--url", "--demo", "--migrations"];
