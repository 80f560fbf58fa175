import type { Command } from "@commander-js/extra-typings";

/** What every subcommand takes. */
export type GlobalOptions = {
  readonly url?: string | undefined;
  readonly demo?: true | undefined;
  readonly debug?: true | undefined;
};

export type Program = Command<[], GlobalOptions>;

/** Adds a subcommand to the program. */
export type AddSubcommand = (program: Program) => void;
