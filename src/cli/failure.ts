import { CommanderError } from "@commander-js/extra-typings";
import { styled, surroundings } from "./surroundings.ts";

/** The exit code if an operation failed or a comparison found differences. */
export const FAILED = 1;
/** The exit code if the command line is invalid. */
const USAGE = 2;

/** The command line is invalid. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The command has printed what is wrong. */
export class ReportedFailure extends Error {
  override name = "ReportedFailure";
}

/** Prints an error to standard error and returns the exit code. */
export function reportFailure(error: unknown, options: { readonly debug?: true | undefined }): number {
  // The parser has already printed its message or the requested help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof ReportedFailure) return FAILED;
  // The reader closed the pipe, as in `rowfn rows track | head`.
  if (isClosedPipe(error)) return 0;
  surroundings().errors.stream.write(`${errorText(error, options.debug === true)}\n`);
  return error instanceof UsageError ? USAGE : FAILED;
}

/** Whether a write failed because the reader closed the pipe. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

// Options that functions and the command have in common, as they are typed on the command line.
function withFlags(message: string): string {
  return message
    .replaceAll(
      /\b(?:allowLoss|alter|cascade|overriding): true\b/g,
      option =>
        `--${option.replace(": true", "").replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`,
    )
    .replaceAll("pass the conversion as { type, using }", "write the conversion with --using")
    .replaceAll(
      "use bigint with the option identity, or with a default",
      "use bigint; a key of one integer column is an identity column, and --default gives a default",
    )
    .replaceAll(/\bcolumns names (?="(?:[^"\\]|\\.)*", which the header)/g, "--rename or --skip names ")
    .replaceAll(/columns: \{ ("(?:[^"\\]|\\.)*"): ("name"|null) \}/g, (_, name: string, column: string) => {
      const text: string = JSON.parse(name);
      return column === "null" ? `--skip ${shellWord(text)}` : `--rename ${shellWord(`${text}=name`)}`;
    });
}

function shellWord(text: string): string {
  return /^[\w=.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function errorText(error: unknown, isDebug: boolean): string {
  const label = styled(surroundings().errors, "red", "error:");
  const message = withFlags(error instanceof Error ? error.message : String(error));
  return `${label} ${message}${isDebug ? `\n${Bun.inspect(error)}` : ""}`;
}
