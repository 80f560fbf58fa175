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
      // Nothing is reported, as if the signal had ended the process at once: the error would be that of the canceled statement.
      if (given.interrupted.aborted) return FAILED;
      return reportFailure(error, program.opts());
    }
  });
}
