#!/usr/bin/env bun
import { reportFailure } from "./failure.ts";
import { rowfnProgram } from "./program.ts";

const program = rowfnProgram();
try {
  await program.parseAsync(process.argv.slice(2), { from: "user" });
} catch (error) {
  process.exitCode = reportFailure(error, program.opts());
}
