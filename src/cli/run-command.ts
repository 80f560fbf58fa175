import { FAILED, reportFailure } from "./failure.ts";
import { rowfnProgram } from "./program.ts";
import { type Surroundings, withSurroundings } from "./surroundings.ts";

/** Runs a command line and returns its exit code. */
export function runCommand(args: readonly string[], given: Surroundings): Promise<number> {
  return withSurroundings(given, async () => {
    const program = rowfnProgram();
    try {
      await program.parseAsync(args, { from: "user" });
      return 0;
    } catch (error) {
      // As of a program that the signal ends at once; what is reported would be the end of the statement.
      if (given.interrupted.aborted) return FAILED;
      return reportFailure(error, program.opts());
    }
  });
}
