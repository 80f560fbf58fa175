import { styleText } from "node:util";
import { CommanderError } from "@commander-js/extra-typings";

/** Something failed, or two things that should be equal are not. */
export const FAILED = 1;
/** The command line cannot be meant. */
export const USAGE = 2;

/** The command line cannot be meant. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Writes an error for people to standard error; the exit code it means. */
export function reportFailure(error: unknown, options: { readonly debug?: true | undefined }): number {
  // The parser has written its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  // Whoever reads has seen enough: `rowfn rows track | head`.
  if (hasCode(error, "EPIPE")) return 0;
  process.stderr.write(`${errorText(error, options.debug === true)}\n`);
  return error instanceof UsageError ? USAGE : FAILED;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function errorText(error: unknown, isDebug: boolean): string {
  const label = styleText("red", "error:", { stream: process.stderr });
  const message = error instanceof Error ? error.message : String(error);
  return `${label} ${message}${isDebug ? `\n${Bun.inspect(error)}` : ""}`;
}
